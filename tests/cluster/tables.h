// Manifests and tables of predictions, read and changed by tests.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace gyrus {

using Row = std::map<std::string, std::string>;  // Column -> cell.

// A file that cannot be read is a failed expectation.
std::vector<Row> ReadTable(const std::string& file, char separator);

// Changes cells of a manifest (CSV); rows count from 0.
void EditManifest(const std::string& file, const std::function<void(int, Row&)>& change);

// A failed expectation and 0 if it is none.
double Number(const std::string& text);

}  // namespace gyrus
