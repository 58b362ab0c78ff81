package dev.monban.core.password;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.text.Normalizer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PasswordRulesTest {

    private static final List<String> NAMES = List.of("sato", "yamada", "山田保険事務所", "佐藤", "monban");

    private static Set<PasswordFault> check(String password, boolean factor) {
        return PasswordRules.check(
                new PasswordRules.Facts(password, NAMES, false, false, false, 12, factor));
    }

    @Test
    void lengthIsWhatCounts() {
        assertEquals(Set.of(PasswordFault.TOO_SHORT), check("fourteen-long!", false));
        assertEquals(Set.of(), check("fifteen-letters", false));
        assertEquals(Set.of(PasswordFault.TOO_SHORT), check("7-chars", true));
        assertEquals(Set.of(), check("8-chars!", true));
        assertEquals(Set.of(PasswordFault.TOO_LONG), check("x".repeat(513), false));
    }

    @Test
    void charactersAreCountedAsPeopleSeeThem() {
        assertEquals(Set.of(), check("春はあけぼの、やうやう白くなりゆく", false));
        assertEquals(Set.of(PasswordFault.TOO_SHORT), check("😀".repeat(14), false));
        assertEquals(Set.of(), check("😀".repeat(15), false));
        assertEquals(Set.of(PasswordFault.TOO_SHORT), check("ﾊﾟｽﾜｰﾄﾞﾊﾟｽﾜｰﾄﾞ", false));
    }

    /** One character that NFKC makes eighteen of: nobody types thirty of them. */
    @Test
    void lengthIsBoundedAfterNormalisingToo() {
        assertEquals(Set.of(), check("\ufdfa".repeat(512 / 18), false));
        assertEquals(Set.of(PasswordFault.TOO_LONG), check("\ufdfa".repeat(512 / 18 + 1), false));
        assertEquals(Set.of(PasswordFault.TOO_LONG), check("\ufdfa".repeat(60_000), false));
    }

    /** The bounds of whoever normalises a password depend on it. */
    @Test
    void noCharacterBecomesMoreThanEighteen() {
        int most = 0;
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (Character.isDefined(c) && Character.getType(c) != Character.SURROGATE) {
                String one = Character.toString(c);
                int length = Normalizer.normalize(one, Normalizer.Form.NFKC).length();
                most = Math.max(most, Math.ceilDiv(length, one.length()));
            }
        }
        assertEquals(18, most);
    }

    @Test
    void namesAreNoPasswords() {
        assertEquals(Set.of(PasswordFault.NAMES), check("YamadaMonban2026", true));
        assertEquals(Set.of(PasswordFault.NAMES), check("ｙａｍａｄａsatosato1", true));
        assertEquals(Set.of(PasswordFault.NAMES), check("山田保険事務所山田保険事務所2026!", false));
        assertEquals(Set.of(), check("yamada sells umbrellas", false));
    }

    @Test
    void whatAttackersTryFirstIsRefused() {
        assertEquals(
                Set.of(PasswordFault.COMMON, PasswordFault.BREACHED, PasswordFault.SAME),
                PasswordRules.check(
                        new PasswordRules.Facts(
                                "iloveyouiloveyou", NAMES, true, true, true, 3, false)));
        assertEquals(
                Set.of(PasswordFault.EASY),
                PasswordRules.check(
                        new PasswordRules.Facts(
                                "aaaaaaaaaaaaaaaa", NAMES, false, false, false, 2.5, false)));
    }
}
