package dev.monban.server.measure;

import dev.monban.server.password.HashGate;
import dev.monban.server.platform.Addresses;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.HttpServer;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Routes;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import dev.monban.server.platform.outgoing.Purpose;
import dev.monban.server.platform.outgoing.Result;
import dev.monban.server.watch.WatchProgress;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What the gate measures of itself, and whether it is alive and ready. */
public final class Measures implements HttpServer.Observer, AutoCloseable {

    /** What comes from outside is no label as it is: there would be no end of them. */
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "OPTIONS");

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<Answer, Timer> answers = new ConcurrentHashMap<>();
    private final AtomicBoolean ready = new AtomicBoolean();
    private final DatabaseProbe probe;
    private final Supplier<WatchProgress> watch;
    private final Optional<String> olderState;

    /** The registry holds what it asks weakly. */
    private final LongSupplier nearMisses;

    private final JvmGcMetrics collector = new JvmGcMetrics();

    private record Answer(String method, String route, int status) {}

    /**
     * @param hashes how many were spent on near misses
     * @param addresses know how many requests came through proxies that nobody declared
     * @param watch how far the watch has followed its log
     * @param olderState why this node's declared state was not applied; empty where it was
     */
    public Measures(
            Database database,
            HashGate gate,
            LongSupplier hashes,
            OutgoingCalls outgoing,
            Jobs jobs,
            Addresses addresses,
            Supplier<WatchProgress> watch,
            Optional<String> olderState) {
        this.probe = new DatabaseProbe(database);
        this.nearMisses = hashes;
        this.watch = watch;
        this.olderState = olderState;
        Gauge.builder("monban.declared.state.older", () -> olderState.isPresent() ? 1 : 0)
                .description("1 where this node's declared state is older than the one in force")
                .register(registry);
        WatchMeters.register(registry, watch);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        collector.bindTo(registry);
        Gauge.builder("monban.password.waiting", gate, HashGate::waiting)
                .description("sign-ins whose password is being hashed or waits for it")
                .register(registry);
        Gauge.builder("monban.database.connections.used", database, Database::connectionsInUse)
                .description("connections to the database that are in use")
                .register(registry);
        FunctionCounter.builder("monban.password.near", nearMisses, LongSupplier::getAsLong)
                .description("hashes spent on how wrong passwords missed the right ones")
                .register(registry);
        FunctionCounter.builder(
                        "monban.proxy.undeclared.requests",
                        addresses,
                        Addresses::undeclaredRequests)
                .description("requests with the signs of a proxy that no --trusted-proxy declares")
                .register(registry);
        measure(outgoing);
        jobs.secondsSinceDone().keySet().forEach(name -> measure(jobs, name));
    }

    private void measure(Jobs jobs, String name) {
        Gauge.builder("monban.job.age", jobs, j -> j.secondsSinceDone().getOrDefault(name, 0L))
                .description("time since the job was last done well")
                .baseUnit("seconds")
                .tag("job", name)
                .register(registry);
        Gauge.builder("monban.job.running", jobs, j -> j.secondsRunning().getOrDefault(name, 0L))
                .description("time that the job has been at work by now; 0 while it waits")
                .baseUnit("seconds")
                .tag("job", name)
                .register(registry);
        FunctionCounter.builder(
                        "monban.job.failures", jobs, j -> j.failures().getOrDefault(name, 0L))
                .description("runs of the job that failed")
                .tag("job", name)
                .register(registry);
    }

    /** Purposes and results are few, whatever is called. */
    private void measure(OutgoingCalls outgoing) {
        for (Purpose purpose : Purpose.values()) {
            Gauge.builder("monban.outgoing.under.way", outgoing, calls -> calls.atOnce(purpose))
                    .description("calls of other hosts that wait for an answer")
                    .tag("purpose", purpose.code())
                    .register(registry);
            for (Result result : Result.values()) {
                FunctionCounter.builder(
                                "monban.outgoing.calls",
                                outgoing,
                                calls -> calls.count(purpose, result))
                        .description("calls of other hosts, by what became of them")
                        .tag("purpose", purpose.code())
                        .tag("result", result.code())
                        .register(registry);
            }
        }
    }

    public void hang(Routes management) {
        management
                .get("/health/live", request -> Reply.text(200, "live\n").uncached())
                .get("/health/ready", request -> readiness())
                .get(
                        "/metrics",
                        request ->
                                Reply.bytes(
                                        200,
                                        "text/plain; version=0.0.4; charset=utf-8",
                                        registry.scrape()
                                                .getBytes(
                                                        java.nio.charset.StandardCharsets.UTF_8)));
    }

    /** From now on, until {@link #stopping}, requests are welcome. */
    public void started() {
        ready.set(true);
    }

    /** Tells the load balancer to send no more. */
    public void stopping() {
        ready.set(false);
    }

    @Override
    public void answered(String method, String route, int status, Duration took) {
        String known = METHODS.contains(method) ? method : "other";
        answers.computeIfAbsent(new Answer(known, route, status), this::timer).record(took);
    }

    @Override
    public void close() {
        probe.close();
        collector.close();
        registry.close();
    }

    private Timer timer(Answer answer) {
        return Timer.builder("monban.http.answers")
                .description("answers by method, route and status")
                .tag("method", answer.method())
                .tag("route", answer.route())
                .tag("status", Integer.toString(answer.status()))
                .publishPercentileHistogram(false)
                .register(registry);
    }

    private Reply readiness() {
        Readiness now = Readiness.of(ready.get(), probe.sinceAnswer(), watch.get(), olderState);
        return Reply.text(now.status(), now.text()).uncached();
    }
}
