// How the ranks of an attempt agree on where the training continues.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "worker/collective/collective.h"
#include "worker/training/checkpoint_store.h"
#include "worker/training/training_state.h"

namespace gyrus {

// Rank 0 looks for a checkpoint and sends what it finds to the other ranks, so that
// all continue from one position or all begin at step 0. The group may be of
// another size than the one that saved.
//
//   auto resumption = Resumption::Agree(collective, store, state);
//   ... now all ranks know resumption->step() and may ask for volumes ...
//   resumption->Load(collective, state);
//
// One thread.
class Resumption {
 public:
  // All ranks call it together, with a state as it was made; `store` is null on all
  // ranks but rank 0, and there too where nothing is kept. Errors are those of
  // Collective.
  static absl::StatusOr<Resumption> Agree(Collective& collective, CheckpointStore* store,
                                          const TrainingState& state);

  // Whether there is a checkpoint to continue from.
  bool resumes() const { return offer_.has_state(); }
  uint32_t step() const { return offer_.state().step(); }
  TrainingPosition position() const {
    return {offer_.state().epoch(), offer_.state().batch(), offer_.state().step()};
  }
  // The reason why there is no checkpoint.
  const std::string& reason() const { return offer_.reason(); }

  // All ranks call it together where resumes(); afterwards every state is the saved
  // one. Errors are those of Collective and of TrainingState::Load.
  absl::Status Load(Collective& collective, TrainingState& state);

 private:
  v1::ResumeOffer offer_;
  SavedTraining found_;  // Complete on rank 0 only.
};

}  // namespace gyrus
