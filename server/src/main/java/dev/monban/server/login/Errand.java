package dev.monban.server.login;

import dev.monban.core.authorize.NextStep.Why;

/**
 * What a person who has to sign in came for.
 *
 * @param clientName who sent them
 * @param client the client's id, for the log of attempts
 * @param strong whether more than a password is wanted there
 * @param why why a sign-in is needed
 * @param loginHint the login name to begin with, or an empty text
 * @param backTo the path on this server where it goes on after the sign-in
 * @param formTarget the origin where it may lead in the end, for the page's policy
 */
public record Errand(
        String clientName,
        String client,
        boolean strong,
        Why why,
        String loginHint,
        String backTo,
        String formTarget) {}
