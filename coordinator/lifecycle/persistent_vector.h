// A persistent vector: copies share all elements that they have in common, so that
// copying it costs the same for ten elements as for ten thousand.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace gyrus {

// Counts what is done with the elements of vectors, so that a test can tell work
// that grows with their number from work that does not. Methods must be
// thread-safe where vectors are read by several threads.
class ElementCounter {
 public:
  virtual ~ElementCounter() = default;
  virtual void CountRead() = 0;
  virtual void CountWrite() = 0;
};

// A vector of fixed size. Copying it copies one pointer, and Set() copies only
// the path from the root of a tree to one element, so a copy is a snapshot that
// costs next to nothing however long the vector is. Elements never change in
// place: a reference stays valid as long as some copy that has the element.
//
// Thread-compatible; copies may be used by different threads.
template <typename T>
class PersistentVector {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    Iterator() = default;
    Iterator(const PersistentVector* vector, size_t index) : vector_(vector), index_(index) {}
    const T& operator*() const { return (*vector_)[index_]; }
    const T* operator->() const { return &(*vector_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++index_;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

   private:
    const PersistentVector* vector_ = nullptr;
    size_t index_ = 0;
  };

  PersistentVector() = default;
  // `counter` may be null; otherwise it must outlive the vector and its copies.
  explicit PersistentVector(std::vector<T> elements, ElementCounter* counter = nullptr)
      : size_(elements.size()), counter_(counter) {
    std::vector<std::shared_ptr<const Node>> level;
    for (T& element : elements) {
      level.push_back(std::make_shared<const Node>(std::move(element)));
    }
    while (level.size() > 1) {
      std::vector<std::shared_ptr<const Node>> above;
      for (size_t begin = 0; begin < level.size(); begin += kFanOut) {
        const size_t end = std::min(begin + kFanOut, level.size());
        std::vector<std::shared_ptr<const Node>> children(level.begin() + begin,
                                                          level.begin() + end);
        above.push_back(std::make_shared<const Node>(std::move(children)));
      }
      level = std::move(above);
      ++depth_;
    }
    if (!level.empty()) root_ = std::move(level.front());
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size_}; }

  const T& operator[](size_t index) const {
    if (counter_ != nullptr) counter_->CountRead();
    const Node* node = root_.get();
    for (int level = depth_; level > 0; --level) node = node->children[Digit(index, level)].get();
    return *node->element;
  }

  // Other copies keep the element that they have.
  void Set(size_t index, T element) {
    if (counter_ != nullptr) counter_->CountWrite();
    root_ = WithElement(*root_, depth_, index, std::move(element));
  }

 private:
  static constexpr size_t kBits = 4;
  static constexpr size_t kFanOut = size_t{1} << kBits;

  // Either has children or, at the bottom, an element.
  struct Node {
    explicit Node(T the_element) : element(std::move(the_element)) {}
    explicit Node(std::vector<std::shared_ptr<const Node>> the_children)
        : children(std::move(the_children)) {}
    std::vector<std::shared_ptr<const Node>> children;
    std::optional<T> element;
  };

  static size_t Digit(size_t index, int level) {
    return (index >> (kBits * (level - 1))) & (kFanOut - 1);
  }

  static std::shared_ptr<const Node> WithElement(const Node& node, int level, size_t index,
                                                 T element) {
    if (level == 0) return std::make_shared<const Node>(std::move(element));
    std::vector<std::shared_ptr<const Node>> children = node.children;
    std::shared_ptr<const Node>& child = children[Digit(index, level)];
    child = WithElement(*child, level - 1, index, std::move(element));
    return std::make_shared<const Node>(std::move(children));
  }

  size_t size_ = 0;
  int depth_ = 0;
  std::shared_ptr<const Node> root_;
  ElementCounter* counter_ = nullptr;
};

template <typename T>
bool operator==(const PersistentVector<T>& a, const PersistentVector<T>& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

}  // namespace gyrus
