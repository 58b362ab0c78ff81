package dev.monban.server.watch;

import java.time.Instant;

/**
 * What the watch holds for true at the moment.
 *
 * @param attacked whether an attack on many accounts goes on: then an unknown client meets the same
 *     page whether its password was right or wrong
 * @param inFlight attempts that were judged and are not in the log yet
 * @param blocked sources that administrators have blocked
 * @param seen when the last attempt was made that it has learnt from
 */
public record Belief(String policy, boolean attacked, int inFlight, int blocked, Instant seen) {}
