# Runs when ctest starts: one entry for each suite of `program`, with
# `properties`.
if(NOT EXISTS "${program}")
  add_test("${program} was not built" "${program}")
  return()
endif()
execute_process(COMMAND "${program}" --gtest_list_tests
  OUTPUT_VARIABLE listing RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${program} --gtest_list_tests failed: ${failed}")
endif()
string(REPLACE "\n" ";" lines "${listing}")
foreach(line IN LISTS lines)
  # Tests are indented; the name of a suite ends with a dot.
  if(line MATCHES "^([A-Za-z0-9_/]+)\\.")
    set(suite "${CMAKE_MATCH_1}")
    if(NOT suite MATCHES "^DISABLED_")
      add_test("${suite}" "${program}" "--gtest_filter=${suite}.*")
      set_tests_properties("${suite}" PROPERTIES ${properties})
    endif()
  endif()
endforeach()
