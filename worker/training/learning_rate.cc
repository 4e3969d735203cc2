#include "worker/training/learning_rate.h"

#include <cmath>
#include <numbers>

namespace gyrus {
namespace {

// The step schedule multiplies in a loop instead of calling pow, whose last bit differs
// between machines.
double Scheduled(const v1::Schedule& schedule, double base, uint32_t epoch, uint32_t epochs) {
  const double done = static_cast<double>(epoch) / epochs;
  switch (schedule.schedule_case()) {
    case v1::Schedule::kStep: {
      double rate = base;
      for (uint32_t i = 0; i < epoch / schedule.step().every(); ++i) {
        rate *= schedule.step().factor();
      }
      return rate;
    }
    case v1::Schedule::kPoly:
      return static_cast<float>(base * std::pow(1 - done, schedule.poly().power()));
    case v1::Schedule::kCosine: {
      const double least = schedule.cosine().least();
      const double wave = (1 + std::cos(std::numbers::pi * done)) / 2;
      return static_cast<float>(base * (least + (1 - least) * wave));
    }
    case v1::Schedule::kConstant:
    case v1::Schedule::SCHEDULE_NOT_SET:
      break;
  }
  return base;
}

// The optimiser's own.
double BaseOf(const v1::Optimizer& optimizer) {
  if (optimizer.has_sgd()) return optimizer.sgd().lr();
  return optimizer.has_adamw() ? optimizer.adamw().lr() : optimizer.adam().lr();
}

}  // namespace

double LearningRate(const v1::Train& train, uint32_t epoch) {
  const double rate = Scheduled(train.schedule(), BaseOf(train.optimizer()), epoch, train.epochs());
  const uint32_t warmup = train.warmup();
  return epoch < warmup ? rate * (epoch + 1) / (warmup + 1) : rate;
}

}  // namespace gyrus
