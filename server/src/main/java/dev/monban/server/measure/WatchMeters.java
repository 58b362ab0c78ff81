package dev.monban.server.measure;

import dev.monban.server.platform.StoredCodes;
import dev.monban.server.watch.WatchProgress;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What is measured of how the watch follows its log. */
final class WatchMeters {

    private final MeterRegistry registry;
    private final Supplier<WatchProgress> watch;

    private WatchMeters(MeterRegistry registry, Supplier<WatchProgress> watch) {
        this.registry = registry;
        this.watch = watch;
    }

    static void register(MeterRegistry registry, Supplier<WatchProgress> watch) {
        WatchMeters meters = new WatchMeters(registry, watch);
        meters.seconds(
                "monban.watch.behind",
                "how long the first row waits that is in the log and not learnt",
                p -> p.behind().toMillis() / 1000.0);
        meters.gauge(
                "monban.watch.unread.rows",
                "rows that are in the log and not learnt",
                WatchProgress::unread);
        meters.gauge(
                "monban.watch.learning.rows",
                "rows that a new fold has still to learn while the old one judges",
                WatchProgress::learningRows);
        meters.seconds(
                "monban.clock.offset",
                "how far the clock of this node is ahead of that of the database",
                p -> p.clockOffset().toMillis() / 1000.0);
        meters.count(
                "monban.unknown.codes",
                "codes in the database that this release does not know",
                p -> p.unknownCodes() + StoredCodes.unknown());
        meters.count(
                "monban.watch.times.ahead",
                "attempts that are dated later than they were written",
                WatchProgress::timesAhead);
        meters.count(
                "monban.watch.rows.passed.over",
                "rows of the log that could not be learnt",
                WatchProgress::passedOver);
        meters.count(
                "monban.watch.refused",
                "attempts refused because the guesses before them could not be known",
                WatchProgress::refused);
        meters.count(
                "monban.watch.failures",
                "how often the log could not be followed",
                WatchProgress::failures);
    }

    private void gauge(String name, String what, ToDoubleFunction<WatchProgress> value) {
        Gauge.builder(name, () -> value.applyAsDouble(watch.get()))
                .description(what)
                .register(registry);
    }

    private void seconds(String name, String what, ToDoubleFunction<WatchProgress> value) {
        Gauge.builder(name, () -> value.applyAsDouble(watch.get()))
                .description(what)
                .baseUnit("seconds")
                .register(registry);
    }

    private void count(String name, String what, ToDoubleFunction<WatchProgress> value) {
        // The registry holds what it asks weakly; the supplier is held by the measures.
        FunctionCounter.builder(name, watch, w -> value.applyAsDouble(w.get()))
                .description(what)
                .register(registry);
    }
}
