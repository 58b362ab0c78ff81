package dev.monban.core.authorize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefreshReuseTest {

    private static final Duration PROVEN = Duration.ofMinutes(5);
    private static final Duration NAMED = Duration.ofSeconds(10);

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
"""
# what happens                                       | sent | present | good  | key   | proven | s    | outcome
the answer is lost, asked again at once              | 1    | 2       | true  | true  | true   | 0    | GIVE_AGAIN
the answer is lost, the client restarts              | 1    | 2       | true  | true  | true   | 120  | GIVE_AGAIN
the last second of the time                          | 1    | 2       | true  | true  | true   | 300  | GIVE_AGAIN
a second later                                       | 1    | 2       | true  | true  | true   | 301  | REVOKE
another node's clock is ahead                        | 1    | 2       | true  | true  | true   | -30  | GIVE_AGAIN
a client that proves nothing, two tabs at once       | 1    | 2       | true  | true  | false  | 2    | GIVE_AGAIN
the last second for it                               | 1    | 2       | true  | true  | false  | 10   | GIVE_AGAIN
a second later                                       | 1    | 2       | true  | true  | false  | 11   | REVOKE
the next token was used: this is a copy              | 1    | 3       | true  | true  | true   | 0    | REVOKE
the same without a proof                             | 1    | 3       | true  | true  | false  | 0    | REVOKE
a thief without the key, before the owner            | 2    | 2       | true  | false | false  | 600  | REFUSE
a thief without the key, after the owner             | 1    | 2       | true  | false | false  | 5    | REFUSE
a thief without the key, much later                  | 1    | 5       | true  | false | false  | 5000 | REFUSE
the grant is revoked, or over                        | 1    | 2       | false | true  | true   | 1    | REFUSE
revoked, and long ago                                | 1    | 9       | false | true  | true   | 9000 | REFUSE
a number that was never given                        | 9    | 2       | true  | true  | true   | 1    | REFUSE
""")
    void tellsALostAnswerFromACopy(
            String what,
            int sent,
            int present,
            boolean good,
            boolean key,
            boolean proven,
            long seconds,
            RefreshReuse.Outcome outcome) {
        RefreshReuse.Facts facts =
                new RefreshReuse.Facts(
                        sent, present, good, key, proven, Duration.ofSeconds(seconds));
        assertEquals(outcome, RefreshReuse.judge(facts, PROVEN, NAMED), what);
    }
}
