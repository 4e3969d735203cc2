// FiLM layers (feature-wise linear modulation, Perez et al. 2018): after a stage
// of a network, numbers that are read beside the image scale and shift its
// channels. core/spec/covariates.h says which numbers these are.
#pragma once

#include <cstdint>
#include <string>

#include "core/network/graph_builder.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Stages 2 and 3 where the operator names none.
void FillFilm(v1::Film& film);

// The output of stage number `stage`, from 1, after the FiLM layer that `film` has
// there; `x` itself where it has none. `prefix` begins the names of its tensors.
NodeId AddFilm(const v1::Film& film, uint32_t stage, NodeId x, const std::string& prefix,
               GraphBuilder& builder);

}  // namespace gyrus
