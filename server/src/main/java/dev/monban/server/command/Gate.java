package dev.monban.server.command;

import dev.monban.server.account.DeclaredAccounts;
import dev.monban.server.declare.Apply;
import dev.monban.server.declare.State;
import dev.monban.server.home.page.WellKnown;
import dev.monban.server.measure.Jobs;
import dev.monban.server.measure.Measures;
import dev.monban.server.notify.page.BounceEndpoint;
import dev.monban.server.oidc.DeclaredClients;
import dev.monban.server.oidc.Housekeeping;
import dev.monban.server.platform.Addresses;
import dev.monban.server.platform.Assets;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.HttpServer;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Vault;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The whole gate, wired by hand: who needs whom is read from top to bottom. */
final class Gate implements AutoCloseable {

    private final Jobs jobs = new Jobs();
    private final Ground ground;
    private final Provider provider;
    private final Measures measures;
    private final HttpServer front;
    private final HttpServer management;
    private final Apply.Changes changes;

    Gate(GateSettings settings, State state, Database database, Vault vault, InstantSource clock) {
        ground = new Ground(settings, state, database, vault, clock);
        provider = new Provider(ground, state.issuer(), settings.tokens());

        // The declared state, before the first request.
        try {
            changes = apply(state, database, vault, clock);
        } catch (RuntimeException e) {
            provider.close();
            ground.close();
            throw e;
        }

        // What is done from time to time.
        Housekeeping housekeeping = new Housekeeping(database, clock);
        jobs.every(Duration.ofSeconds(1), "outbox", ground.outbox::turn);
        jobs.every(Duration.ofSeconds(1), "cases", ground.cases::turn);
        jobs.every(Duration.ofSeconds(3), "solved cases", ground.cases::close);
        jobs.every(Duration.ofMinutes(1), "missing sign-ins", ground.drops::turn);
        jobs.every(Duration.ofMinutes(1), "unanswered codes", ground.unanswered::turn);
        jobs.every(Duration.ofSeconds(1), "revocations", provider.revocations::follow);
        jobs.every(Duration.ofSeconds(5), "refusals left out", provider.refusals::turn);
        jobs.every(Duration.ofMinutes(1), "keys", provider.keys::turn);
        jobs.every(Duration.ofMinutes(5), "housekeeping", housekeeping::turn);
        jobs.every(Duration.ofMinutes(5), "challenges", ground.challenges::sweep);
        jobs.every(Duration.ofHours(1), "sent messages", ground.outbox::sweep);
        jobs.every(Duration.ofHours(6), "logs", ground.upkeep::turn);
        jobs.every(Duration.ofHours(6), "retention of logs", ground::dropLogs);
        jobs.every(Duration.ofHours(6), "what is long over", ground::sweep);

        // The doors.
        Addresses addresses = new Addresses(settings.trustedProxies(), settings.proxyHeader());
        measures =
                new Measures(
                        database,
                        ground.hashGate,
                        ground.nearMisses::hashes,
                        ground.outgoing,
                        jobs,
                        addresses,
                        ground.watch::progress,
                        changes.older());
        front =
                new HttpServer(
                        new HttpServer.Settings(
                                settings.host(),
                                settings.port(),
                                settings.certificate(),
                                addresses,
                                HttpServer.MAX_CONNECTIONS,
                                Optional.of(ground.limits.all()),
                                measures));
        management =
                new HttpServer(
                        new HttpServer.Settings(
                                settings.managementHost(),
                                settings.managementPort(),
                                Optional.empty(),
                                addresses,
                                HttpServer.MAX_MANAGEMENT_CONNECTIONS,
                                Optional.empty(),
                                (method, route, status, took) -> {}));
        if (state.issuer().startsWith("http:")) {
            front.keepPlainCookies();
        }
        front.keepToTls(state.issuer(), settings.hstsSubdomains());
        measures.hang(management);
        new BounceEndpoint(ground.bounces).hang(management);
        Browsers browsers = new Browsers(vault);
        Pages pages = new Pages(new Assets(front), browsers);
        front.refuseBy(pages::refuse);
        new People(ground, provider, settings, pages, browsers).hang(front);
        provider.hang(front, pages, browsers);
        new WellKnown(state.issuer(), state.security(), clock).hang(front);
    }

    private Apply.Changes apply(State state, Database database, Vault vault, InstantSource clock) {
        return new Apply(
                        database,
                        ground.tenants,
                        new DeclaredAccounts(
                                ground.ids,
                                clock,
                                ground.events,
                                ground.passwords,
                                vault,
                                ground.sessions),
                        new DeclaredClients(ground.events, provider.revocations, clock),
                        vault,
                        ground.events,
                        clock)
                .apply(state);
    }

    /** Opens the doors. */
    Gate open() {
        management.start();
        front.start();
        measures.started();
        return this;
    }

    /**
     * Says that it is not ready, and goes on serving for so long: a load balancer notices at its
     * next look and sends no more, and nobody meets a closed door.
     */
    void drain(Duration time) throws InterruptedException {
        measures.stopping();
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    /** What strangers can reach, for the test that walks it. */
    List<HttpServer.Route> routes() {
        return front.routes();
    }

    int port() {
        return front.port();
    }

    int managementPort() {
        return management.port();
    }

    Apply.Changes changes() {
        return changes;
    }

    /** Takes no more, finishes what is in work, writes what was handed in. */
    @Override
    public void close() {
        measures.stopping();
        front.close();
        jobs.close();
        provider.close();
        ground.close();
        management.close();
        measures.close();
    }
}
