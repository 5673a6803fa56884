// The scheduler of an emulated block, and the checks of what its threads touch.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <map>
#include <sys/mman.h>
#include <vector>
#include "shim.h"

Dim3 threadIdx, blockIdx, blockDim, gridDim;
Fiber* fiber;
alignas(256) unsigned char dynamic_shared[1 << 18];
long long exchanged[32][2][32];

double erfinv(double x) {  // by bisection: exact, and slow
  if (!(x > -1 && x < 1)) return x == 1 ? __builtin_inf() : x == -1 ? -__builtin_inf() : x - x + __builtin_nan("");
  double low = -7, high = 7;
  for (int i = 0; i < 70; ++i) {
    double middle = (low + high) / 2;
    (x < 0 ? -erfc(middle) + 1 < x : erf(middle) < x) ? low = middle : high = middle;
  }
  return x == 0 ? x : (low + high) / 2;
}

extern "C" void switch_stacks(void** from, void* to);
asm(R"(
.text
.globl switch_stacks
switch_stacks:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
)");

namespace {
struct Stacked : Fiber {
  void* stack = nullptr;
  void* memory = nullptr;
  int thread = 0;
  Dim3 index{};
};
struct Counts { long long loads, stores, loaded, stored; } counts;

const size_t STACK = 1 << 18;
std::vector<Stacked*> fibers;
std::vector<Stacked*> idle, ready, at_block, at_warp[32];
std::map<size_t, size_t> memories;  // end of each piece -> where it begins
void* scheduler;
void (*entry)(void**);
void** arguments;
int threads, started, finished;
bool backwards;
char problem[256];

Stacked* current() { return static_cast<Stacked*>(fiber); }

void leave() { switch_stacks(&current()->stack, scheduler); }

void enter(Stacked* to) {
  fiber = to;
  threadIdx = to->index;
  switch_stacks(&scheduler, to->stack);
}

void begin_thread(Stacked* f) {
  int n = backwards ? threads - 1 - started : started;
  ++started;
  f->thread = n;
  f->warp = n / 32;
  f->lane = n % 32;
  f->parity = 0;
  f->index = {n % blockDim.x, n / blockDim.x % blockDim.y, n / (blockDim.x * blockDim.y)};
  threadIdx = f->index;
}

void live() {  // a fiber runs threads one after another, until one has to wait and another fiber takes the next
  for (;;) {
    Stacked* f = current();
    while (started < threads && f->thread < 0) {
      begin_thread(f);
      entry(arguments);
      f->thread = -1;
      ++finished;
    }
    idle.push_back(f);
    leave();
  }
}

Stacked* fresh() {
  Stacked* f;
  if (!idle.empty()) {
    f = idle.back();
    idle.pop_back();
  } else {
    f = new Stacked;
    f->memory = mmap(nullptr, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    fibers.push_back(f);
    void** top = (void**)((char*)f->memory + STACK - 64);
    *top = (void*)live;
    f->stack = top - 6;
  }
  f->thread = -1;
  return f;
}

void fail(const char* what, size_t a, size_t b) {
  if (!problem[0])
    snprintf(problem, sizeof problem, "%s (%#zx, %zu bytes) by thread %u of block (%u, %u, %u)", what, a, b, current()->thread,
             blockIdx.x, blockIdx.y, blockIdx.z);
  leave();
}

bool run_block() {
  started = finished = 0;
  while (finished < threads && !problem[0]) {
    if (!ready.empty()) {
      Stacked* next = ready.back();
      ready.pop_back();
      enter(next);
    } else if (started < threads) {
      enter(fresh());
    } else if (!at_block.empty() && (int)at_block.size() == threads - finished) {
      ready.swap(at_block);
      std::reverse(ready.begin(), ready.end());  // in the order in which they came
    } else {
      snprintf(problem, sizeof problem, "threads wait for others that never come, in block (%u, %u, %u)", blockIdx.x, blockIdx.y, blockIdx.z);
    }
  }
  if (!problem[0]) return true;
  for (Stacked* f : fibers) {
    munmap(f->memory, STACK);
    delete f;
  }
  fibers.clear(), idle.clear(), ready.clear(), at_block.clear();
  for (auto& waiting : at_warp) waiting.clear();
  return false;
}
}  // namespace

void wait_for_block() {
  at_block.push_back(current());
  leave();
}

void wait_for_warp() {
  auto& waiting = at_warp[fiber->warp];
  int all = std::min(32, threads - 32 * fiber->warp);
  if ((int)waiting.size() + 1 == all) {
    ready.insert(ready.end(), waiting.begin(), waiting.end());
    waiting.clear();
    return;
  }
  waiting.push_back(current());
  leave();
}

void touched(const void* address, size_t bytes, bool writes) {
  size_t a = (size_t)address;
  auto found = memories.upper_bound(a);
  if (found == memories.end() || a < found->second || a + bytes > found->first)
    fail(writes ? "a store outside any memory" : "a load outside any memory", a, bytes);
  if (a % bytes) fail("an address that is no multiple of what is accessed", a, bytes);
  if (writes) counts.stores++, counts.stored += bytes;
  else counts.loads++, counts.loaded += bytes;
}

extern "C" {
void know(size_t begin, size_t end) { memories[end] = begin; }
void forget(size_t end) { memories.erase(end); }
void count(long long* found) {
  memcpy(found, &counts, sizeof counts);
  memset(&counts, 0, sizeof counts);
}
// Returns "" or what went wrong.
const char* launch(void (*kernel)(void**), void** given, const unsigned* grid, const unsigned* block, bool reversed) {
  problem[0] = 0;
  entry = kernel, arguments = given, backwards = reversed;
  gridDim = {grid[0], grid[1], grid[2]};
  blockDim = {block[0], block[1], block[2]};
  threads = block[0] * block[1] * block[2];
  size_t blocks = (size_t)grid[0] * grid[1] * grid[2];
  for (size_t b = 0; b < blocks; ++b) {
    size_t n = reversed ? blocks - 1 - b : b;
    blockIdx = {(unsigned)(n % grid[0]), (unsigned)(n / grid[0] % grid[1]), (unsigned)(n / grid[0] / grid[1])};
    if (!run_block()) break;
  }
  return problem;
}
}
