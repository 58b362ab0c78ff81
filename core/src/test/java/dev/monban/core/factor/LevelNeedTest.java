package dev.monban.core.factor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LevelNeedTest {

    private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");

    /**
     * Requirements: level, days from now, {@code t} where a trusted device will do, roles.
     * Standing: level reached, {@code t} where by a trusted device, level that is reachable.
     */
    @ParameterizedTest(name = "{0} for {1}: {2}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
"""
-                            | aal1 - aal1 | Met[]
aal2 -1 -                    | aal1 - aal1 | Enrol[level=AAL2]
aal2 0 -                     | aal1 - aal1 | Enrol[level=AAL2]
aal2 -1 -                    | aal1 - aal2 | StepUp[level=AAL2]
aal2 -1 -                    | aal2 - aal2 | Met[]
aal2 -1 -                    | phr - phr   | Met[]
aal2 1 -                     | aal1 - aal1 | Announced[level=AAL2, from=2026-12-02T00:00:00Z]
aal2 1 -                     | aal1 - aal2 | Met[]
aal2 -1 t                    | aal1 t aal2 | Met[]
aal2 -1 -                    | aal1 t aal2 | StepUp[level=AAL2]
phr -1 t                     | aal1 t phr  | StepUp[level=PHISHING_RESISTANT]
aal2 -1 - admin              | aal1 - aal1 | Met[]
aal2 -1 - agent              | aal1 - aal1 | Enrol[level=AAL2]
aal2 -1 - admin agent        | aal1 - aal1 | Enrol[level=AAL2]
aal2 -1 -, phr -1 -          | aal2 - aal2 | Enrol[level=PHISHING_RESISTANT]
aal2 -1 -, phr -1 -          | aal1 - phr  | StepUp[level=PHISHING_RESISTANT]
aal2 -1 -, phr 5 -           | aal1 - aal2 | StepUp[level=AAL2]
aal2 -1 -, phr 5 -           | aal2 - aal2 | Announced[level=PHISHING_RESISTANT, from=2026-12-06T00:00:00Z]
phr 9 -, aal2 3 -            | aal1 - aal1 | Announced[level=AAL2, from=2026-12-04T00:00:00Z]
""")
    void isWanted(String requirements, String standing, String need) {
        List<Requirement> all =
                requirements == null
                        ? List.of()
                        : Arrays.stream(requirements.split(", ", -1))
                                .map(this::requirement)
                                .toList();
        String[] s = standing.split(" ", -1);
        assertEquals(
                need,
                LevelNeed.of(
                                all,
                                new Standing(
                                        level(s[0]),
                                        s[1].equals("t"),
                                        level(s[2]),
                                        Set.of("agent")),
                                NOW)
                        .toString());
    }

    private Requirement requirement(String text) {
        String[] r = text.split(" ", -1);
        return new Requirement(
                level(r[0]),
                Set.of(Arrays.copyOfRange(r, 3, r.length)),
                NOW.plusSeconds(86_400L * Integer.parseInt(r[1])),
                r[2].equals("t"));
    }

    private static AssuranceLevel level(String acr) {
        return AssuranceLevel.ofAcr(acr).orElseThrow();
    }
}
