#pragma once

namespace pigou::cpu {

/** Instruction sets with kernels of their own, each including those before it. */
enum class Isa {
    scalar, ///< what the compiler's baseline has: SSE2 on x86-64, NEON on aarch64
    avx2,   ///< AVX2, FMA and F16C
    avx512, ///< AVX-512 F, BW, DQ and VL
    amx,    ///< AMX tiles with bf16, beside AVX-512 with bf16
};

/** What this process may execute: what the CPU has, the system saves, and PIGOU_CPU_ISA allows. */
struct Cpu {
    Isa isa = Isa::scalar;
    bool avx512_bf16 = false; ///< vdpbf16ps
    bool avx512_vnni = false; ///< vpdpbusd
    /** Whether prefetchnta keeps up with memory: where AMD does 50 GB/s, Intel does 10 of 33. */
    bool fast_prefetchnta = false;
};

/**
 * The CPU, asked once. PIGOU_CPU_ISA = scalar, avx2, avx512 or amx caps the instruction set; another value is
 * reported on stderr and ignored. Any thread may call it.
 */
const Cpu& cpu();

/** The name PIGOU_CPU_ISA knows an instruction set by. */
const char* name(Isa isa);

} // namespace pigou::cpu
