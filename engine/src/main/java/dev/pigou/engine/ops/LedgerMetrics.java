package dev.pigou.engine.ops;

import dev.pigou.engine.ledger.LedgerSnapshot;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** How the books are doing, read when somebody scrapes. */
final class LedgerMetrics {
    private static final String MODEL = "model_name";

    private final PrometheusRegistry registry;
    private final String model;
    private final Supplier<LedgerSnapshot> ledger;

    LedgerMetrics(PrometheusRegistry registry, String model, Supplier<LedgerSnapshot> ledger) {
        this.registry = registry;
        this.model = model;
        this.ledger = ledger;
    }

    void expose() {
        gauge("pigou:ledger_writable", "1, or 0 if the latest attempt to write the ledger failed.",
                s -> s.writable() ? 1 : 0);
        gauge("pigou:ledger_pending_rows", "Rows booked and not yet on the disk.",
                LedgerSnapshot::pendingRows);
        total("pigou:ledger_written_rows", "Rows on the disk.", LedgerSnapshot::writtenRows);
        total("pigou:ledger_lost_rows", "Rows for which there was no room while the ledger was not writable.",
                LedgerSnapshot::lostRows);
        total("pigou:ledger_failures", "Attempts to write the ledger that failed.", LedgerSnapshot::failures);
    }

    private void gauge(String name, String help, ToDoubleFunction<LedgerSnapshot> value) {
        GaugeWithCallback.builder().name(name).help(help).labelNames(MODEL)
                .callback(out -> out.call(value.applyAsDouble(ledger.get()), model)).register(registry);
    }

    private void total(String name, String help, ToDoubleFunction<LedgerSnapshot> value) {
        CounterWithCallback.builder().name(name).help(help).labelNames(MODEL)
                .callback(out -> out.call(value.applyAsDouble(ledger.get()), model)).register(registry);
    }
}
