// The gRPC service of the data loader: it admits cohorts and sends prepared volumes.
// loader.proto says what each method promises.
#pragma once

#include <memory>
#include <string>

#include "common/executor.h"
#include "dataloader/cache/volume_cache.h"
#include "dataloader/cohort/data_root.h"
#include "dataloader/service/admitted_cohorts.h"
#include "dataloader/service/epoch_orders.h"
#include "dataloader/service/grants.h"
#include "dataloader/service/volume_provider.h"
#include "gyrus/v1/loader.grpc.pb.h"

namespace gyrus {

// Read is served as raw bytes, so that voxels are not copied into messages.
using RawReadService = v1::DataLoader::WithRawCallbackMethod_Read<
    v1::DataLoader::WithCallbackMethod_Admit<v1::DataLoader::Service>>;

struct LoaderThreads {
  int threads = 1;     // How many images are read or prepared at once.
  int admissions = 2;  // How many cohorts are admitted at once.
};

// The server must have stopped before this is destroyed. Thread-safe.
class LoaderService final : public RawReadService {
 public:
  LoaderService(DataRoot root, std::unique_ptr<AdmittedCohorts> cohorts,
                std::unique_ptr<VolumeCache> cache, std::string coordinator_key,
                LoaderThreads threads);

  grpc::ServerWriteReactor<v1::AdmitReply>* Admit(grpc::CallbackServerContext* context,
                                                  const v1::AdmitRequest* request) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Read(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request) override;

 private:
  const DataRoot root_;
  const std::unique_ptr<AdmittedCohorts> cohorts_;
  const std::unique_ptr<VolumeCache> cache_;
  Grants grants_;
  EpochOrders orders_;
  VolumeProvider volumes_;
  // The last members, so that their work has ended before the rest is destroyed.
  Executor images_;
  Executor admissions_;
};

}  // namespace gyrus
