// Files as torch.save writes them, made by hand: pickles are texts that are
// joined, since a value's program is the programs of its parts and an
// instruction behind them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/weights/testing/zip_fixture.h"

namespace gyrus {

// Values.
std::string PickledText(const std::string& text);
std::string PickledInt(int64_t number);
std::string PickledTuple(const std::vector<std::string>& items);
std::string PickledInts(const std::vector<int64_t>& numbers);  // A tuple.
std::string PickledList(const std::vector<std::string>& items);
using PickledItems = std::vector<std::pair<std::string, std::string>>;  // Text, pickled value.
std::string PickledDict(const PickledItems& items);
std::string PickledOrderedDict(const PickledItems& items);

// Names of Python, and calls of what they name.
std::string PickledGlobal(const std::string& module, const std::string& name);
std::string PickledCall(const std::string& function, const std::string& arguments);

std::string PickledStorage(const std::string& key, int64_t elements,
                           const std::string& type = "FloatStorage");
std::string PickledTensor(const std::string& storage, int64_t offset,
                          const std::vector<int64_t>& shape, const std::vector<int64_t>& strides);

// A whole pickle.
std::string Pickled(const std::string& value, int protocol = 2);

std::string FloatBytes(const std::vector<float>& values);

// An archive around a pickle and storages (key, bytes).
using PickledStorages = std::vector<std::pair<std::string, std::string>>;
std::vector<ZipEntry> TorchEntries(const std::string& pickle, const PickledStorages& storages);
std::string TorchFileOf(const std::string& pickle, const PickledStorages& storages);

// A small state dict: `conv1.weight` [2, 1, 1, 1, 2] and `fc.bias` [2], in one
// storage each, of 0.5, 1.5, ...
std::string SampleStateDict();
PickledStorages SampleStorages();
std::string SampleTorchFile();

}  // namespace gyrus
