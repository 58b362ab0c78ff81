package dev.monban.core.watch;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One sentence about a finding. */
final class Explanation {

    private Explanation() {}

    static String of(FindingKind kind, List<Recent.Entry> evidence) {
        Set<Long> people = new HashSet<>();
        Set<Long> sources = new HashSet<>();
        Set<Long> secrets = new HashSet<>();
        for (Recent.Entry entry : evidence) {
            people.add(entry.person);
            sources.add(entry.source);
            if (entry.tag != 0) {
                secrets.add(entry.tag);
            }
        }
        int minutes = Math.max(1, (evidence.getLast().at - evidence.getFirst().at + 59) / 60);
        String span = minutes == 1 ? "within a minute" : "within " + minutes + " minutes";
        String from = sources.size() == 1 ? "one source" : sources.size() + " sources";
        return switch (kind) {
            case BRUTE_FORCE ->
                    evidence.size()
                            + " wrong passwords at one account from "
                            + from
                            + " "
                            + span
                            + ".";
            case PASSWORD_SPRAYING ->
                    secrets.size()
                            + (secrets.size() == 1 ? " password" : " passwords")
                            + " tried on "
                            + people.size()
                            + " accounts from "
                            + from
                            + " "
                            + span
                            + ".";
            case CREDENTIAL_STUFFING ->
                    people.size()
                            + " login names, each with a password of its own, tried from "
                            + from
                            + " "
                            + span
                            + ".";
            case ACCOUNT_ENUMERATION ->
                    people.size() + " login names asked after from " + from + " " + span + ".";
            case MFA_FATIGUE ->
                    "The right password, then wrong codes or unanswered prompts, from a place that"
                            + " the account does not know.";
            case ACCOUNT_TAKEOVER ->
                    "The right password from a place that the account does not know, and no"
                            + " further proof.";
            case SESSION_THEFT ->
                    "A session is used from another country or browser than it was started with,"
                            + " and no further proof came.";
        };
    }
}
