package dev.pigou.engine.torch;

import dev.pigou.engine.DeviceFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Messages as PyTorch 2.7 to 2.11 words them, and as our operators do (native/torch_abi.h, native/cuda/runtime.cpp). */
class TorchFailureTest {
    private static final String TRACEBACK = """
            The following operation failed in the TorchScript interpreter.
            Traceback of TorchScript, serialized code (most recent call last):
              File "code/__torch__.py", line 110, in step
                    raise Error: is no message
            """;

    @ParameterizedTest
    @ValueSource(strings = {
            "CUDA out of memory. Tried to allocate 1.96 GiB. GPU 0 has a total capacity of 139.80 GiB of which 1.2 GiB is"
                    + " free.",
            "CUDA error: out of memory",
            "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
            "[enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate"
                    + " 68719476736 bytes. Error code 12 (Cannot allocate memory)",
            "pigou: out of memory for 149544960 elements",
            "pigou::linear: torch's matrix product failed: out of memory"})
    void missingMemoryIsToldFromALostDevice(String message) {
        assertThat(TorchFailure.kind(message)).isEqualTo(DeviceFailure.OUT_OF_MEMORY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CUDA error: an illegal memory access was encountered",
            "CUDA error: device-side assert triggered", "CUDA error: unspecified launch failure",
            "CUDA error: misaligned address", "CUDA error: uncorrectable ECC error encountered",
            "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasGemmEx(...)`",
            "CUDA error: all CUDA-capable devices are busy or unavailable",
            "CUDA driver error: device not ready",
            "pigou::rms_norm: CUDA error: an illegal memory access was encountered"})
    void mostErrorsOfCudaLeaveNoDevice(String message) {
        assertThat(TorchFailure.kind(message)).isEqualTo(DeviceFailure.LOST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CUDA error: invalid configuration argument", "CUDA error: invalid argument",
            "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1", ""})
    void aRefusedCallConcernsItsStepOnly(String message) {
        assertThat(TorchFailure.kind(message)).isEqualTo(DeviceFailure.STEP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RuntimeError: ", "torch.OutOfMemoryError: ", "torch.AcceleratorError: "})
    void ofAProgramsFailureOneLineIsKept(String raised) {
        var thrown = new IllegalStateException(TRACEBACK + raised
                + "CUDA out of memory. Tried to allocate 2.00 MiB.\nCompile with `TORCH_USE_CUDA_DSA`.\n");
        assertThat(TorchFailure.of("the device step", thrown))
                .hasMessage("the device step failed: CUDA out of memory. Tried to allocate 2.00 MiB.")
                .hasCause(thrown)
                .satisfies(e -> assertThat(e.failure()).isEqualTo(DeviceFailure.OUT_OF_MEMORY));
    }

    @Test
    void withoutATracebackTheFirstLineSpeaks() {
        var thrown = new IllegalStateException("CUDA error: an illegal memory access was encountered\n"
                + "CUDA kernel errors might be asynchronously reported at some other API call.");
        assertThat(TorchFailure.of("the device step", thrown))
                .hasMessageEndingWith("CUDA error: an illegal memory access was encountered")
                .satisfies(e -> assertThat(e.failure()).isEqualTo(DeviceFailure.LOST));
        assertThat(TorchFailure.of("the step", new IllegalStateException((String) null)).failure())
                .isEqualTo(DeviceFailure.STEP);
    }
}
