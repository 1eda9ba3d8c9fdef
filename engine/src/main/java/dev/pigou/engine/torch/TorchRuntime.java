package dev.pigou.engine.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.pigou.engine.DeviceException;
import dev.pigou.engine.DeviceFailure;
import java.nio.Buffer;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** PyTorch in this process: loading it, its threads, and the fence around its JNI. */
public final class TorchRuntime {
    /**
     * What DJL's JNI can name. Any other type makes its C++ throw through the JVM, which ends the process; such tensors
     * may exist only inside the program.
     */
    private static final Set<DataType> CROSSES_JNI = EnumSet.of(DataType.FLOAT32, DataType.FLOAT64,
            DataType.FLOAT16, DataType.UINT8, DataType.INT32, DataType.INT8, DataType.INT64,
            DataType.BOOLEAN);

    private static @Nullable Engine engine;

    private TorchRuntime() {}

    static PtNDManager newManager(Device device) { return (PtNDManager) engine().newBaseManager(device); }

    /**
     * A tensor on the manager's device: the only way host memory becomes one.
     *
     * @throws IllegalArgumentException for a type that would end the process if it crossed JNI
     */
    static PtNDArray tensor(NDManager manager, Buffer content, Shape shape, DataType type) {
        if (!CROSSES_JNI.contains(type)) {
            throw new IllegalArgumentException("a tensor of type " + type + " cannot cross JNI");
        }
        return (PtNDArray) manager.create(content, shape, type);
    }

    static int gpuCount() { return engine().getGpuCount(); }

    static String version() { return engine().getVersion(); }

    /** Loaded once, and quietly: DJL must neither look for updates nor report that it is used. */
    private static synchronized Engine engine() {
        if (engine == null) {
            System.setProperty("OPT_OUT_TRACKING", "true");
            System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
            try {
                engine = Engine.getEngine("PyTorch");
            } catch (EngineException | LinkageError e) {
                throw new DeviceException(
                        "PyTorch could not be loaded (its libraries are unpacked to the folder in"
                                + " DJL_CACHE_DIR, or .djl.ai in the home directory): " + firstLine(e),
                        DeviceFailure.LOST, e);
            }
        }
        return engine;
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
}
