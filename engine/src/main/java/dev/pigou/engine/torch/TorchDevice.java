package dev.pigou.engine.torch;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import dev.pigou.engine.DeviceMemory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A device PyTorch can use here. */
public final class TorchDevice {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final Pattern MEM_AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");

    private final Device device;

    private TorchDevice(Device device) { this.device = device; }

    /**
     * The device called {@code name}: {@code cpu}, {@code cuda}, {@code cuda:N}, or {@code auto} for a GPU if there is
     * one. Loads PyTorch on first use, which unpacks its libraries into DJL's cache folder.
     *
     * @throws IllegalArgumentException if there is no such device; the message says what to do
     */
    public static TorchDevice named(String name) {
        int wanted = switch (name) {
            case "cpu" -> -1;
            case "auto" -> TorchRuntime.gpuCount() > 0 ? 0 : -1;
            case "cuda" -> 0;
            case String s when s.matches("cuda:\\d{1,3}") -> Integer.parseInt(s.substring("cuda:".length()));
            default -> throw new IllegalArgumentException(
                    "--device must be cpu, cuda, cuda:N or auto, but is " + name);
        };
        if (wanted < 0) {
            return new TorchDevice(Device.cpu());
        }
        int gpus = TorchRuntime.gpuCount();
        if (wanted >= gpus) {
            throw new IllegalArgumentException("--device " + name + ": PyTorch sees " + gpus
                    + " GPUs here; use --device cpu, or install an NVIDIA driver and PyTorch for CUDA");
        }
        return new TorchDevice(Device.gpu(wanted));
    }

    public String name() { return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu"; }

    /** Compute capability of a GPU without its dot, such as {@code 90}. */
    String computeCapability() {
        return CudaUtils.getComputeCapability(device.getDeviceId());
    }

    public boolean isGpu() { return device.isGpu(); }

    /**
     * What there is and what could be allocated now. Of a GPU: as its driver counts it, so that what PyTorch's allocator keeps
     * for later is in use.
     */
    public DeviceMemory memory() {
        if (device.isGpu()) {
            MemoryUsage memory = CudaUtils.getGpuMemory(device);
            return new DeviceMemory(memory.getMax(), memory.getMax() - memory.getCommitted());
        }
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        return new DeviceMemory(system.getTotalMemorySize(), freeOfSystem(system));
    }

    private static long freeOfSystem(com.sun.management.OperatingSystemMXBean system) {
        try {
            Matcher available = MEM_AVAILABLE.matcher(Files.readString(MEMINFO));
            if (available.find()) {
                return Long.parseLong(available.group(1)) * 1024;
            }
        } catch (IOException e) {
            // No Linux; ask the JVM.
        }
        return system.getFreeMemorySize();
    }

    Device device() { return device; }
}
