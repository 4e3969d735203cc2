// A coordinator with fixed replies, for the tests of this folder.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cli/testing/view_fixture.h"
#include "common/rpc/message_stream.h"
#include "common/rpc/status.h"
#include "gyrus/v1/experiments.grpc.pb.h"

namespace gyrus::cli {

// The outcome of a fake experiment depends on its name:
//  * refused: INVALID, for its data;
//  * holed: INCOMPLETE;
//  * endless: runs for ever;
//  * anything else: VALID.
// Thread-safe. The server stops before this goes.
class FakeExperiments final : public v1::Experiments::CallbackService {
 public:
  ~FakeExperiments() override {
    for (auto* const stream : endless_) stream->End(absl::OkStatus());
  }

  // Until called again, that many calls are answered with UNAVAILABLE.
  void BreakNextCalls(int count) {
    absl::MutexLock lock(&mu_);
    broken_calls_ = count;
  }
  // That many watches end after their first view, as when a coordinator stops.
  void BreakNextWatches(int count) {
    absl::MutexLock lock(&mu_);
    broken_watches_ = count;
  }
  std::vector<v1::SubmitRequest> submitted() const {
    absl::MutexLock lock(&mu_);
    return submitted_;
  }

  grpc::ServerUnaryReactor* Submit(grpc::CallbackServerContext* context,
                                   const v1::SubmitRequest* request,
                                   v1::SubmitReply* reply) override {
    absl::MutexLock lock(&mu_);
    if (Breaks(broken_calls_)) return Handle(context, absl::UnavailableError("coming up"));
    int number = 0;
    while (number < submitted_.size() && submitted_[number].request_id() != request->request_id()) {
      ++number;
    }
    if (number == submitted_.size()) submitted_.push_back(*request);
    reply->set_experiment_id(IdOf(number));
    return Handle(context, absl::OkStatus());
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context, const v1::ListRequest*,
                                 v1::ListReply* reply) override {
    absl::MutexLock lock(&mu_);
    for (int i = 0; i < submitted_.size(); ++i) *reply->add_experiments() = Views(i).back();
    return Handle(context, absl::OkStatus());
  }

  grpc::ServerUnaryReactor* Show(grpc::CallbackServerContext* context,
                                 const v1::ShowRequest* request,
                                 v1::ExperimentView* reply) override {
    absl::MutexLock lock(&mu_);
    *reply = Views(NumberOf(request->experiment_id())).back();
    if (request->with_plan()) *reply->mutable_plan() = MakePlan();
    return Handle(context, absl::OkStatus());
  }

  grpc::ServerUnaryReactor* Cancel(grpc::CallbackServerContext* context, const v1::CancelRequest*,
                                   v1::CancelReply*) override {
    return Handle(context, absl::OkStatus());
  }

  // Nothing that has failed can be opened.
  grpc::ServerUnaryReactor* Retry(grpc::CallbackServerContext* context, const v1::RetryRequest*,
                                  v1::RetryReply*) override {
    return Handle(context, absl::OkStatus());
  }

  grpc::ServerUnaryReactor* GetResult(grpc::CallbackServerContext* context,
                                      const v1::GetResultRequest* request,
                                      v1::Result* reply) override {
    absl::MutexLock lock(&mu_);
    const v1::ExperimentView view = Views(NumberOf(request->experiment_id())).back();
    reply->set_experiment(view.name());
    reply->set_id(view.id());
    reply->set_state(view.state());
    v1::FoldResult& fold = *reply->add_arms()->add_folds();
    fold.set_state(v1::TRIAL_STATE_DONE);
    v1::MetricValue& mae = *fold.mutable_metrics()->add_values();
    mae.set_metric(v1::METRIC_MAE);
    mae.set_value(1.5);
    reply->add_metrics(v1::METRIC_MAE);
    return Handle(context, absl::OkStatus());
  }

  grpc::ServerWriteReactor<v1::ExperimentView>* Watch(grpc::CallbackServerContext*,
                                                      const v1::ShowRequest* request) override {
    absl::MutexLock lock(&mu_);
    auto* const stream = new MessageStream<v1::ExperimentView>();
    const std::vector<v1::ExperimentView> views = Views(NumberOf(request->experiment_id()));
    if (Breaks(broken_watches_)) {
      stream->Send(views.front());
      stream->End(absl::UnavailableError("going down"));
      return stream;
    }
    for (const v1::ExperimentView& view : views) stream->Send(view);
    if (views.back().state() == v1::EXPERIMENT_STATE_RUNNING) {
      endless_.push_back(stream);
    } else {
      stream->End(absl::OkStatus());
    }
    return stream;
  }

  grpc::ServerWriteReactor<v1::MakePlanReply>* MakePlan(
      grpc::CallbackServerContext*, const v1::MakePlanRequest* request) override {
    auto* const stream = new MessageStream<v1::MakePlanReply>();
    v1::MakePlanReply reply;
    reply.mutable_progress()->set_images_read(2);
    reply.mutable_progress()->set_images_total(2);
    stream->Send(reply);
    if (request->spec().name() == "refused") {
      *reply.mutable_refusal()->add_reasons() = Refusal();
    } else {
      *reply.mutable_plan() = MakePlan();
    }
    stream->Send(reply);
    stream->End(absl::OkStatus());
    return stream;
  }

 private:
  static std::string IdOf(int number) { return absl::StrCat("id", number); }
  static int NumberOf(const std::string& id) { return id[2] - '0'; }

  static v1::Reason Refusal() {
    return MakeReason(v1::REASON_CODE_BAD_DATA, "sub-01.nii.gz: cut short");
  }

  static v1::Plan MakePlan() {
    v1::Plan plan;
    plan.mutable_spec()->set_name("planned");
    plan.set_split_hash("\x12");
    return plan;
  }

  static grpc::ServerUnaryReactor* Handle(grpc::CallbackServerContext* context,
                                          const absl::Status& status) {
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(ToGrpc(status));
    return reactor;
  }

  static bool Breaks(int& left) { return left > 0 && left-- > 0; }

  // All views of the experiment, in order.
  std::vector<v1::ExperimentView> Views(int number) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    const std::string name = submitted_[number].spec().name();
    v1::ExperimentView view = MakeView(v1::EXPERIMENT_STATE_ADMITTING);
    view.set_id(IdOf(number));
    view.set_name(name);
    std::vector<v1::ExperimentView> views = {view};
    if (name == "refused") {
      *view.add_reasons() = Refusal();
      view.set_state(v1::EXPERIMENT_STATE_INVALID);
    } else {
      AddTrial("T1w/train/r0/f0/s1", v1::TRIAL_STATE_RUNNING, view);
      view.set_state(v1::EXPERIMENT_STATE_RUNNING);
      views.push_back(view);
      view.mutable_trials(0)->set_state(v1::TRIAL_STATE_DONE);
      view.set_state(name == "holed" ? v1::EXPERIMENT_STATE_INCOMPLETE
                                     : v1::EXPERIMENT_STATE_VALID);
    }
    if (name != "endless") views.push_back(view);
    return views;
  }

  mutable absl::Mutex mu_;
  std::vector<v1::SubmitRequest> submitted_ ABSL_GUARDED_BY(mu_);
  std::vector<MessageStream<v1::ExperimentView>*> endless_;
  int broken_calls_ ABSL_GUARDED_BY(mu_) = 0;
  int broken_watches_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace gyrus::cli
