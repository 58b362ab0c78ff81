package dev.monban.server.measure;

import dev.monban.server.watch.WatchProgress;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether requests are welcome, and what says so: the gate itself, its database, its watch.
 *
 * @param status 200 where they are, 503 where not
 * @param text for whoever reads it, a line for each part
 */
record Readiness(int status, String text) {

    /** A database that has not answered for so long does not answer. */
    static final Duration MAX_UNANSWERED = Duration.ofSeconds(3);

    static Readiness of(
            boolean open, Duration sinceAnswer, WatchProgress watch, Optional<String> olderState) {
        boolean answers = sinceAnswer.compareTo(MAX_UNANSWERED) <= 0;
        boolean ready = open && answers && watch.isReady();
        StringBuilder text = new StringBuilder(ready ? "ready\n" : "not ready\n");
        text.append(open ? "gate: open\n" : "gate: starting or stopping\n");
        text.append("database: ");
        text.append(
                answers
                        ? "answers\n"
                        : "the database does not answer, since "
                                + sinceAnswer.toSeconds()
                                + " s\n");
        text.append("watch: ");
        text.append(
                "%d s behind its log, %d rows unread"
                        .formatted(watch.behind().toSeconds(), watch.unread()));
        if (!watch.heldBy().isEmpty()) {
            text.append(", held by ").append(String.join("; ", watch.heldBy()));
        }
        if (watch.learningRows() > 0) {
            text.append(", learns the log anew: ")
                    .append(watch.learningRows())
                    .append(" rows to go");
        }
        olderState.ifPresent(why -> text.append("\nstate: ").append(why));
        return new Readiness(ready ? 200 : 503, text.append('\n').toString());
    }
}
