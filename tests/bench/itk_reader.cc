#include "tests/bench/itk_reader.h"

#include <itkImage.h>
#include <itkImageFileReader.h>
#include <itkNiftiImageIO.h>

namespace gyrus {

size_t ReadWithItk(const std::string& path) {
  using Image = itk::Image<float, 3>;
  auto reader = itk::ImageFileReader<Image>::New();
  reader->SetImageIO(itk::NiftiImageIO::New());
  reader->SetFileName(path);
  reader->Update();
  return reader->GetOutput()->GetBufferedRegion().GetNumberOfPixels();
}

}  // namespace gyrus
