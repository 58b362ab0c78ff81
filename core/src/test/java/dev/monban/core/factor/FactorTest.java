package dev.monban.core.factor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FactorTest {

    /** The secret of RFC 6238, appendix B. */
    private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

    private static final Instant NOW = Instant.parse("2026-11-24T00:00:15Z");
    private static final long HERE = Totp.step(NOW);

    /** RFC 6238, appendix B, in six digits. */
    @ParameterizedTest
    @CsvSource({
        "59, 287082",
        "1111111109, 081804",
        "1111111111, 050471",
        "1234567890, 005924",
        "2000000000, 279037",
        "20000000000, 353130"
    })
    void theVectorsOfTheStandard(long seconds, String code) {
        assertEquals(code, Totp.code(SECRET, Totp.step(Instant.ofEpochSecond(seconds))));
    }

    /** RFC 4648, section 10. */
    @ParameterizedTest
    @CsvSource({"f, MY", "fo, MZXQ", "foo, MZXW6", "foob, MZXW6YQ", "foobar, MZXW6YTBOI"})
    void keysForTyping(String plain, String base32) {
        assertEquals(base32, Totp.base32(plain.getBytes(StandardCharsets.US_ASCII)));
    }

    private static Optional<Totp.Match> match(int codeDrift, int knownDrift, long usedStep) {
        return Totp.match(
                new Totp.App(SECRET, knownDrift, usedStep),
                Totp.code(SECRET, HERE + codeDrift),
                NOW);
    }

    @ParameterizedTest
    @ValueSource(ints = {-10, -9, -2, -1, 0, 1, 2, 9, 10})
    void aClockThatIsOffIsMeasured(int drift) {
        boolean expected = Math.abs(drift) <= 1;
        assertEquals(
                Optional.of(new Totp.Match(HERE + drift, drift, expected)), match(drift, 0, 0));
        assertEquals(
                Optional.of(new Totp.Match(HERE + drift, drift, true)), match(drift, drift, 0));
    }

    @Test
    void whatIsTooFarOffDoesNotFit() {
        assertEquals(Optional.empty(), match(11, 0, 0));
        assertEquals(Optional.empty(), match(-11, 0, 0));
    }

    @Test
    void aCodeWorksOnce() {
        assertEquals(Optional.empty(), match(0, 0, HERE));
        assertEquals(Optional.empty(), match(-1, 0, HERE));
        assertEquals(Optional.of(new Totp.Match(HERE + 1, 1, true)), match(1, 0, HERE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "12345", "1234567", "abcdef", "１２３４５６"})
    void whatIsNoCodeDoesNotFit(String code) {
        assertEquals(Optional.empty(), Totp.match(new Totp.App(SECRET, 0, 0), code, NOW));
    }

    @Test
    void proofsAreWorthWhatTheStandardSays() {
        assertEquals(AssuranceLevel.AAL1, Assurance.level(Set.of(AuthenticationMethod.PASSWORD)));
        assertEquals(
                AssuranceLevel.AAL1,
                Assurance.level(
                        Set.of(AuthenticationMethod.PASSWORD, AuthenticationMethod.MAIL_CODE)));
        assertEquals(
                AssuranceLevel.AAL2,
                Assurance.level(Set.of(AuthenticationMethod.PASSWORD, AuthenticationMethod.TOTP)));
        assertEquals(
                AssuranceLevel.PHISHING_RESISTANT,
                Assurance.level(Set.of(AuthenticationMethod.PASSKEY)));
        assertEquals(AssuranceLevel.AAL1, Assurance.level(Set.of(AuthenticationMethod.FEDERATED)));
        assertEquals(
                AssuranceLevel.AAL2,
                Assurance.level(Set.of(AuthenticationMethod.FEDERATED, AuthenticationMethod.TOTP)));
        assertEquals(
                AssuranceLevel.AAL1,
                Assurance.level(
                        Set.of(AuthenticationMethod.FEDERATED, AuthenticationMethod.MAIL_CODE)));
        assertEquals(
                Set.of("otp", "mfa"),
                Assurance.amr(Set.of(AuthenticationMethod.FEDERATED, AuthenticationMethod.TOTP)));
        assertEquals(Set.of(), Assurance.amr(Set.of(AuthenticationMethod.FEDERATED)));
        assertEquals(Set.of("pwd"), Assurance.amr(Set.of(AuthenticationMethod.PASSWORD)));
        assertEquals(
                Set.of("mfa", "otp", "pwd"),
                Assurance.amr(Set.of(AuthenticationMethod.PASSWORD, AuthenticationMethod.TOTP)));
        assertEquals(
                Set.of("mfa", "pop", "user"), Assurance.amr(Set.of(AuthenticationMethod.PASSKEY)));
    }
}
