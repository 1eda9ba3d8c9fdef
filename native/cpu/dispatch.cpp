#include "dispatch.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#endif

namespace pigou::cpu {
namespace {

constexpr Isa all_isas[] = {Isa::scalar, Isa::avx2, Isa::avx512, Isa::amx};

#if defined(__x86_64__)

struct Registers {
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};

/** A leaf of cpuid; all zero when the CPU does not have it. */
Registers cpuid(unsigned leaf, unsigned subleaf) {
    Registers r;
    __get_cpuid_count(leaf, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx);
    return r;
}

bool has(unsigned value, std::initializer_list<int> bits) {
    for (int bit : bits) {
        if ((value >> bit & 1) == 0) {
            return false;
        }
    }
    return true;
}

/** The register states that the system saves on a switch of threads (XCR0). */
uint64_t saved_states() {
    constexpr int osxsave = 27;
    if (!has(cpuid(1, 0).ecx, {osxsave})) {
        return 0;
    }
    uint32_t low = 0;
    uint32_t high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return uint64_t{high} << 32 | low;
}

/** Linux hands out AMX's 8 KB of state only to a process that asks for it; the answer holds for all its threads. */
bool amx_permitted() {
#if defined(__linux__)
    constexpr int request_permission = 0x1023; // ARCH_REQ_XCOMP_PERM
    constexpr int tile_data = 18;              // XFEATURE_XTILEDATA
    return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
#else
    return false;
#endif
}

bool made_by_amd() {
    const Registers vendor = cpuid(0, 0);
    return vendor.ebx == signature_AMD_ebx && vendor.edx == signature_AMD_edx && vendor.ecx == signature_AMD_ecx;
}

/** Bits of cpuid as Intel's manual (volume 2A, CPUID) numbers them. */
Cpu detect() {
    Cpu cpu;
    cpu.fast_prefetchnta = made_by_amd();
    const Registers basic = cpuid(1, 0);
    const Registers extended = cpuid(7, 0);
    const Registers more = cpuid(7, 1);
    const uint64_t saved = saved_states();
    constexpr uint64_t avx_state = 0x6;
    constexpr uint64_t avx512_state = 0xe6;
    constexpr uint64_t amx_state = 0x60000;

    const bool avx2 = (saved & avx_state) == avx_state && has(basic.ecx, {12, 28, 29}) && has(extended.ebx, {5});
    if (!avx2) {
        return cpu;
    }
    cpu.isa = Isa::avx2;
    const bool avx512 = (saved & avx512_state) == avx512_state && has(extended.ebx, {16, 17, 30, 31});
    if (!avx512) {
        return cpu;
    }
    cpu.isa = Isa::avx512;
    cpu.avx512_vnni = has(extended.ecx, {11});
    cpu.avx512_bf16 = has(more.eax, {5});
    const bool amx = (saved & amx_state) == amx_state && has(extended.edx, {22, 24}) && cpu.avx512_bf16;
    if (amx && amx_permitted()) {
        cpu.isa = Isa::amx;
    }
    return cpu;
}

#else

Cpu detect() {
    return {};
}

#endif

Cpu capped(Cpu cpu, Isa cap) {
    if (cap < cpu.isa) {
        cpu.isa = cap;
    }
    if (cpu.isa < Isa::avx512) {
        cpu.avx512_bf16 = false;
        cpu.avx512_vnni = false;
    }
    return cpu;
}

Cpu detect_and_cap() {
    const Cpu found = detect();
    const char* cap = std::getenv("PIGOU_CPU_ISA");
    if (cap == nullptr || *cap == '\0') {
        return found;
    }
    for (Isa isa : all_isas) {
        if (std::strcmp(cap, name(isa)) == 0) {
            return capped(found, isa);
        }
    }
    std::fprintf(stderr, "pigou: PIGOU_CPU_ISA is '%s': ignored; it can be scalar, avx2, avx512 or amx\n", cap);
    return found;
}

} // namespace

const Cpu& cpu() {
    static const Cpu found = detect_and_cap();
    return found;
}

const char* name(Isa isa) {
    switch (isa) {
    case Isa::scalar: return "scalar";
    case Isa::avx2: return "avx2";
    case Isa::avx512: return "avx512";
    case Isa::amx: return "amx";
    }
    return "?";
}

} // namespace pigou::cpu
