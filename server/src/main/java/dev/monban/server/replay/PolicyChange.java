package dev.monban.server.replay;

import dev.monban.core.code.Codes;
import dev.monban.core.watch.Policy;
import dev.monban.server.platform.BadInput;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Another policy, as it is written on the command line: {@code guesses=5}. */
public final class PolicyChange {

    private PolicyChange() {}

    /**
     * The policy with one thing changed.
     *
     * @throws BadInput where nothing is called so, or the value is none
     */
    public static Policy read(Policy p, String text) {
        String[] parts = text.split("=", 2);
        if (parts.length != 2) {
            throw new BadInput("--compare: write a name, = and a value, such as guesses=5");
        }
        if (parts[0].equals("without")) {
            return p.without(part(parts[1]));
        }
        double value = number(parts[1]);
        return switch (parts[0]) {
            case "guesses" ->
                    with(
                            p,
                            value,
                            p.guessesWithin(),
                            p.sprayed(),
                            p.strangers(),
                            p.burst(),
                            p.odds(),
                            p.codes());
            case "guessesWithin" ->
                    with(
                            p,
                            p.guesses(),
                            value,
                            p.sprayed(),
                            p.strangers(),
                            p.burst(),
                            p.odds(),
                            p.codes());
            case "sprayed" ->
                    with(
                            p,
                            p.guesses(),
                            p.guessesWithin(),
                            (int) value,
                            p.strangers(),
                            p.burst(),
                            p.odds(),
                            p.codes());
            case "strangers" ->
                    with(
                            p,
                            p.guesses(),
                            p.guessesWithin(),
                            p.sprayed(),
                            (int) value,
                            p.burst(),
                            p.odds(),
                            p.codes());
            case "burst" ->
                    with(
                            p,
                            p.guesses(),
                            p.guessesWithin(),
                            p.sprayed(),
                            p.strangers(),
                            (int) value,
                            p.odds(),
                            p.codes());
            case "odds" ->
                    with(
                            p,
                            p.guesses(),
                            p.guessesWithin(),
                            p.sprayed(),
                            p.strangers(),
                            p.burst(),
                            value,
                            p.codes());
            case "codes" ->
                    with(
                            p,
                            p.guesses(),
                            p.guessesWithin(),
                            p.sprayed(),
                            p.strangers(),
                            p.burst(),
                            p.odds(),
                            value);
            default ->
                    throw new BadInput(
                            "--compare: there is no "
                                    + parts[0]
                                    + "; there are guesses, guessesWithin, sprayed, strangers,"
                                    + " burst, odds, codes and without");
        };
    }

    private static Policy with(
            Policy p,
            double guesses,
            double guessesWithin,
            int sprayed,
            int strangers,
            int burst,
            double odds,
            double codes) {
        return new Policy(
                p.version() + "+",
                p.parts(),
                guesses,
                guessesWithin,
                sprayed,
                strangers,
                burst,
                odds,
                codes);
    }

    private static Policy.Part part(String text) {
        return Codes.find(Policy.Part.class, text)
                .orElseThrow(() ->
                        new BadInput(
                                "--compare: without one of "
                                        + Arrays.stream(Policy.Part.values())
                                                .map(Enum::name)
                                                .collect(Collectors.joining(", "))));
    }

    private static double number(String text) {
        try {
            double value = Double.parseDouble(text);
            if (value >= 1 && value <= 1_000_000) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new BadInput("--compare: " + text + " is no number");
        }
        throw new BadInput("--compare: from 1 to 1000000");
    }
}
