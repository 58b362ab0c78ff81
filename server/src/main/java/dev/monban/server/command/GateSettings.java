package dev.monban.server.command;

import dev.monban.core.factor.Recovery;
import dev.monban.server.notify.MailSettings;
import dev.monban.server.oidc.TokenSettings;
import dev.monban.server.password.Argon2Parameters;
import dev.monban.server.platform.Addresses;
import dev.monban.server.platform.HttpServer;
import dev.monban.server.session.SessionSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How this process runs, as opposed to what is declared for all of them.
 *
 * @param host the address to listen on
 * @param port 0 for any that is free
 * @param managementHost the address for health and metrics
 * @param proxyHeader where those proxies write it
 * @param hashesAtOnce how many passwords are hashed at once, one a core
 * @param mail how mail leaves; without it, nobody is asked for a code
 * @param watchedAccounts about how many accounts the watch remembers well; half as many again as
 *     there are unless given
 * @param networks files that tell networks and countries of addresses
 * @param blockedPasswords a file with passwords that may not be chosen, one a line
 * @param breachedPasswords where ranges of breached passwords are asked for; nowhere unless given
 * @param recovery how long a way back waits for somebody who has lost every factor
 * @param hstsSubdomains whether HSTS holds for all names below the issuer's host, too
 * @param trustedProxies networks whose word about a client's address is taken
 */
record GateSettings(
        String host,
        int port,
        String managementHost,
        int managementPort,
        Optional<HttpServer.Certificate> certificate,
        boolean hstsSubdomains,
        List<String> trustedProxies,
        Addresses.ProxyHeader proxyHeader,
        int hashesAtOnce,
        Argon2Parameters argon2,
        SessionSettings sessions,
        TokenSettings tokens,
        Rates rates,
        Optional<MailSettings> mail,
        OptionalInt watchedAccounts,
        List<Path> networks,
        Optional<Path> blockedPasswords,
        Optional<String> breachedPasswords,
        Recovery.Waits recovery) {

    /**
     * How often one source (an IPv4 address, or a /64) may do what costs and needs no proof. Wide
     * enough for an office of hundreds behind one address at nine in the morning: this keeps floods
     * away, it does not judge people.
     *
     * @param burstSeconds how many seconds' worth may come at once
     */
    record Rates(
            int signInsPerSecond,
            int pagesPerSecond,
            int requestsPerSecond,
            int failuresPerSecond,
            int burstSeconds) {

        static final Rates DEFAULT = new Rates(50, 100, 100, 20, 30);
    }
}
