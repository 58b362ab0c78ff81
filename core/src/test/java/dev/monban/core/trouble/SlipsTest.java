package dev.monban.core.trouble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.watch.NearMiss;
import java.text.Normalizer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlipsTest {

    /** What was typed, what was meant, and how the one became the other. */
    @ParameterizedTest(name = "{0} for {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    sUNRISE-7            | Sunrise-7       | caps_lock
                    ＳＵＮＲＩＳＥ-7      | sunrise-7       | caps_lock
                    ~ Sunrise-7~         | Sunrise-7       | stray_space
                    Sunrise-7IDEOGRAPHIC | Sunrise-7       | stray_space
                    SunZEROrise-7        | Sunrise-7       | stray_space
                    Sunrise-7            | sunrise-7       | typo
                    sunrise-77           | sunrise-7       | typo
                    さくらのき2024        | sakuranoki2024  | full_width
                    きょうとfu           | kyoutofu        | full_width
                    サッカーya           | sakka-ya        | full_width
                    もがk                | mt@k            | full_width
                    a@b:c                | a[b'c           | layout
                    a[b'c                | a@b:c           | layout
                    ro56t                | roiot           | layout
                    """)
    void find(String typed, String meant, String kind) {
        List<Slips.Slip> slips =
                Slips.of(typed.replace("IDEOGRAPHIC", "\u3000").replace("ZERO", "\u200b"));
        assertTrue(
                slips.stream()
                        .anyMatch(s -> s.password().equals(meant) && s.kind().code().equals(kind)),
                () -> slips.stream().map(Slips.Slip::password).toList().toString());
    }

    @Test
    void areFewAndDifferentAndNeverWhatWasTyped() {
        Random random = new Random(5);
        String signs = "aZ09 @[]:^'ぱゃっンー\u3000\u200b\ud83d\ude00Ａｱﾞ";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder typed = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                typed.append(signs.charAt(random.nextInt(signs.length())));
            }
            List<Slips.Slip> slips = Slips.of(typed.toString());
            assertTrue(slips.size() <= Slips.MOST);
            List<String> normal =
                    slips.stream()
                            .map(s -> Normalizer.normalize(s.password(), Normalizer.Form.NFKC))
                            .toList();
            assertEquals(normal.size(), normal.stream().distinct().count());
            assertFalse(
                    normal.contains(Normalizer.normalize(typed, Normalizer.Form.NFKC)),
                    typed::toString);
            assertEquals(slips, Slips.of(typed.toString()));
        }
    }

    @Test
    void doNotShowThemselves() {
        assertEquals("caps_lock", new Slips.Slip(NearMiss.CAPS_LOCK, "secret").toString());
    }

    @Test
    void whatIsLongerThanAnyPasswordIsNoSlip() {
        assertFalse(Slips.of("\ufdfa".repeat(Slips.MAX_CHARACTERS / 18)).isEmpty());
        assertEquals(List.of(), Slips.of("\ufdfa".repeat(Slips.MAX_CHARACTERS / 18 + 1)));
        assertFalse(Slips.of("x".repeat(Slips.MAX_CHARACTERS)).isEmpty());
        assertEquals(List.of(), Slips.of("x".repeat(Slips.MAX_CHARACTERS + 1)));
    }
}
