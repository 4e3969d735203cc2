// When do two texts of a table mean the same thing?
//
// Tables come from spreadsheets, databases and other programs, so one person's
// name may stand in one row as "s01" and in another as "s01" followed by a blank
// that nobody sees. Names of subjects, sessions, sites, families, classes and
// columns are therefore never compared as bytes, but by the functions of this
// file. They take UTF-8 text; bytes that are not UTF-8 stay as they are.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace gyrus {

// `text` without the blanks at its ends. Blanks are all characters that Unicode
// calls white space, the no-break space among them, and those that have no width
// at all (zero-width spaces, byte order marks, direction marks).
absl::string_view TrimBlanks(absl::string_view text);

// The form in which texts of tables are stored and compared: without blanks at
// its ends, in Unicode's normal form C, so that "é" is the same text whether it
// was written as one character or as "e" and an accent.
std::string CanonicalText(absl::string_view text);

// The same in normal form D: letters and accents apart, as some file systems store
// names.
std::string DecomposedText(absl::string_view text);

// Whether both have the same canonical form.
bool IsSameText(absl::string_view a, absl::string_view b);

// Whether a blank, as TrimBlanks means it, is anywhere in `text`.
bool HasBlank(absl::string_view text);

// Returns the look of `text`: the text without everything that readers overlook, namely
// case, blanks, characters without width, the kind of a hyphen, and of a plain
// decimal number its leading and trailing zeros. "S 01" and "s01" have one look,
// and so have "12", "12.0" and "012". Two texts of one look that are not the same
// text are confusable: most likely one of them is a slip. For comparing only; the
// result is no name of anything.
std::string LookOf(absl::string_view text);

// `text` in quotes for a message; of a long text only the beginning, so that no
// message ever holds a whole file.
std::string Quoted(absl::string_view text);

}  // namespace gyrus
