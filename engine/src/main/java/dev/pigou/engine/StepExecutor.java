package dev.pigou.engine;

import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/** Has the device execute steps, one after another, in the order in which they are begun. Owned by the engine thread. */
sealed interface StepExecutor extends AutoCloseable {
    /** The device may begin with it as soon as it is done with those before. */
    void begin(DeviceStep step);

    /** Returns once the step is done. */
    void await(DeviceStep step);

    /** Returns once nothing that was begun is executed any more. */
    @Override
    void close();

    /** Executes each step at once: the engine thread has nothing else to do meanwhile. */
    record Direct(ModelRunner runner) implements StepExecutor {
        @Override
        public void begin(DeviceStep step) { step.execute(runner); }

        @Override
        public void await(DeviceStep step) {
            // it is done
        }

        @Override
        public void close() {
            // nothing is executed but within begin
        }
    }

    /**
     * Executes steps on a thread of its own, so that the next can be planned meanwhile. No executor service, whose tasks would
     * be garbage in every step.
     */
    final class OnItsOwnThread implements StepExecutor {
        /** One executed, one to come. */
        private static final int MOST_STEPS = 2;

        private final ModelRunner runner;
        private final SpscVarHandleArrayQueue<DeviceStep> begun = new SpscVarHandleArrayQueue<>(MOST_STEPS);
        private final Thread device;
        /** Who begins steps. Written before a step is handed over, and so seen by whoever takes it. */
        private @Nullable Thread engine;
        private volatile boolean closed;

        OnItsOwnThread(ModelRunner runner) {
            this.runner = runner;
            device = Thread.ofPlatform().name("device").start(this::run);
        }

        private void run() {
            while (!closed) {
                DeviceStep step = begun.poll();
                if (step == null) {
                    LockSupport.park(this);
                } else {
                    step.execute(runner);
                    LockSupport.unpark(engine);
                }
            }
        }

        @Override
        public void begin(DeviceStep step) {
            engine = Thread.currentThread();
            if (!begun.offer(step)) {
                throw new IllegalStateException("at most " + MOST_STEPS + " steps can be begun at once");
            }
            LockSupport.unpark(device);
        }

        @Override
        public void await(DeviceStep step) {
            while (!step.isDone()) {
                LockSupport.park(this);
            }
        }

        @Override
        public void close() {
            closed = true;
            LockSupport.unpark(device);
            ThreadEnd.await(device);
        }
    }
}
