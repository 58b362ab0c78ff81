package dev.monban.core.factor;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What an organisation's requirements still want of somebody who is signed in. */
public sealed interface LevelNeed {

    /** Nothing. */
    record Met() implements LevelNeed {}

    /** Nothing yet; from then on, a factor that the person does not have. */
    record Announced(AssuranceLevel level, Instant from) implements LevelNeed {}

    /** To sign in with a factor that the person has. */
    record StepUp(AssuranceLevel level) implements LevelNeed {}

    /** A factor that the person does not have. */
    record Enrol(AssuranceLevel level) implements LevelNeed {}

    /** Whether the person may go where the organisation's data is. */
    default boolean letsIn() {
        return this instanceof Met || this instanceof Announced;
    }

    /**
     * What is wanted. What holds already comes before what is announced, and a factor that is
     * missing before one that was not used; the strongest is named.
     */
    static LevelNeed of(Collection<Requirement> requirements, Standing standing, Instant now) {
        List<Requirement> open =
                requirements.stream()
                        .filter(r -> r.concerns(standing.roles()) && !r.isMet(standing))
                        .toList();
        Optional<AssuranceLevel> strongest =
                open.stream()
                        .filter(r -> r.holds(now))
                        .map(Requirement::level)
                        .max(Comparator.naturalOrder());
        if (strongest.isPresent()) {
            AssuranceLevel level = strongest.get();
            return standing.reachable().satisfies(level) ? new StepUp(level) : new Enrol(level);
        }
        return open.stream()
                .filter(r -> !standing.reachable().satisfies(r.level()))
                .min(Comparator.comparing(Requirement::from))
                .<LevelNeed>map(r -> new Announced(r.level(), r.from()))
                .orElseGet(Met::new);
    }
}
