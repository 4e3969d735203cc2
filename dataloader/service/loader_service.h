// gRPC in, cohort and cache out. See loader.proto for what each method promises.
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

// The server stops before this goes. Thread-safe.
class LoaderService final : public RawReadService {
 public:
  // Threads: how many images are read or prepared at once.
  LoaderService(DataRoot root, std::unique_ptr<AdmittedCohorts> cohorts,
                std::unique_ptr<VolumeCache> cache, std::string coordinator_key, int threads);

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
  // Last, so that they are drained before the rest goes.
  Executor images_;
  Executor admissions_{2};
};

}  // namespace gyrus
