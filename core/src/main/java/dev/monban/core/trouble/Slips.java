package dev.monban.core.trouble;

import dev.monban.core.watch.NearMiss;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What somebody may have meant who typed a wrong password. Full-width letters are none of these: a
 * password is brought to its NFKC form before it is hashed, so that they are the same.
 */
public final class Slips {

    /** So many are worth a hash each; the likeliest come first. */
    public static final int MOST = 4;

    /** No password is longer, as it is typed or in its form NFKC: nothing else was meant. */
    static final int MAX_CHARACTERS = 512;

    private static final String INVISIBLE = "[\\u200b-\\u200f\\u2060\\ufeff\\u00ad]";
    private static final String SPACE = "[\\s\\u00a0\\u3000]+";

    /** The letters that laptops take for digits while Num Lock is on, and the digits. */
    private static final String NUM_LOCK_LETTERS = "uiojklm";

    private static final String NUM_LOCK_DIGITS = "4561230";

    /**
     * What a key writes on a Japanese keyboard, and what it does where it is taken for American.
     */
    private static final String ON_JAPANESE = "\"&'()=^~@`[{+:*]}";

    private static final String ON_AMERICAN = "@^&*(_=+[{]}:'\"\\|";

    /** What a key writes in kana, and what it writes else; sound marks have keys of their own. */
    private static final String KANA = "ぬふあうえおやゆよわほへたていすかんなにらせ\u3099\u309aちとしはきくまのりれけむつさそひこみもねるめ";

    private static final String KANA_KEYS = "1234567890-^qwertyuiop@[asdfghjkl;:]zxcvbnm,./";

    private static final Map<String, String> SYLLABLES = syllables();

    private Slips() {}

    /**
     * Something that may have been meant.
     *
     * @param kind what went wrong, if it was
     */
    public record Slip(NearMiss kind, String password) {
        @Override
        public String toString() {
            return kind.code();
        }
    }

    /**
     * What may have been meant, at most {@link #MOST}, the likeliest first. What costs nothing to
     * rule out is left out: a space too many where there is none.
     */
    public static List<Slip> of(String typed) {
        if (typed.length() > MAX_CHARACTERS || normal(typed).length() > MAX_CHARACTERS) {
            return List.of();
        }
        List<Slip> slips = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        seen.add(normal(typed));
        String plain = Normalizer.normalize(typed, Normalizer.Form.NFKC);
        add(slips, seen, NearMiss.STRAY_SPACE, withoutSpace(typed));
        if (plain.codePoints().anyMatch(Slips::isKana)) {
            add(slips, seen, NearMiss.FULL_WIDTH, romanised(plain));
            add(slips, seen, NearMiss.FULL_WIDTH, keys(plain));
        }
        add(slips, seen, NearMiss.CAPS_LOCK, swappedCase(plain));
        add(slips, seen, NearMiss.TYPO, otherFirst(plain));
        if (plain.chars().anyMatch(c -> (ON_JAPANESE + ON_AMERICAN).indexOf(c) >= 0)) {
            add(slips, seen, NearMiss.LAYOUT, mapped(plain, ON_AMERICAN, ON_JAPANESE));
            add(slips, seen, NearMiss.LAYOUT, mapped(plain, ON_JAPANESE, ON_AMERICAN));
        }
        if (plain.chars().filter(c -> NUM_LOCK_DIGITS.indexOf(c) >= 0).count() >= 2) {
            add(slips, seen, NearMiss.LAYOUT, mapped(plain, NUM_LOCK_DIGITS, NUM_LOCK_LETTERS));
        }
        if (plain.length() > 1) {
            add(slips, seen, NearMiss.TYPO, plain.substring(0, plain.length() - 1));
        }
        return List.copyOf(slips.subList(0, Math.min(MOST, slips.size())));
    }

    private static void add(List<Slip> slips, Set<String> seen, NearMiss kind, String meant) {
        if (!meant.isEmpty() && seen.add(normal(meant))) {
            slips.add(new Slip(kind, meant));
        }
    }

    private static String normal(String password) {
        return Normalizer.normalize(password, Normalizer.Form.NFKC);
    }

    private static String withoutSpace(String typed) {
        return typed.replaceAll(INVISIBLE, "")
                .replaceAll("^" + SPACE, "")
                .replaceAll(SPACE + "$", "");
    }

    private static String swappedCase(String plain) {
        StringBuilder swapped = new StringBuilder(plain.length());
        plain.codePoints()
                .forEach(c ->
                        swapped.appendCodePoint(
                                Character.isUpperCase(c)
                                        ? Character.toLowerCase(c)
                                        : Character.toUpperCase(c)));
        return swapped.toString();
    }

    /** A telephone begins with a capital. */
    private static String otherFirst(String plain) {
        if (plain.isEmpty()) {
            return plain;
        }
        int first = plain.offsetByCodePoints(0, 1);
        return swappedCase(plain.substring(0, first)) + plain.substring(first);
    }

    private static String mapped(String plain, String from, String to) {
        StringBuilder mapped = new StringBuilder(plain.length());
        for (int i = 0; i < plain.length(); i++) {
            int place = from.indexOf(plain.charAt(i));
            mapped.append(place < 0 ? plain.charAt(i) : to.charAt(place));
        }
        return mapped.toString();
    }

    /** The keys, where each wrote a kana. */
    private static String keys(String plain) {
        StringBuilder kana = new StringBuilder(plain.length());
        plain.chars().forEach(c -> kana.append(hiragana((char) c)));
        return mapped(Normalizer.normalize(kana.toString(), Normalizer.Form.NFD), KANA, KANA_KEYS);
    }

    private static boolean isKana(int c) {
        Character.UnicodeScript script = Character.UnicodeScript.of(c);
        return script == Character.UnicodeScript.HIRAGANA
                || script == Character.UnicodeScript.KATAKANA
                || c == 'ー';
    }

    /** The letters that were typed where the input method made kana of them. */
    private static String romanised(String plain) {
        StringBuilder letters = new StringBuilder(plain.length() * 2);
        for (int i = 0; i < plain.length(); i++) {
            String one = hiragana(plain.charAt(i));
            String two = i + 1 < plain.length() ? one + hiragana(plain.charAt(i + 1)) : one;
            if (two.length() == 2 && SYLLABLES.containsKey(two)) {
                letters.append(SYLLABLES.get(two));
                i++;
            } else if (one.equals("っ") && i + 1 < plain.length()) {
                // The consonant that follows was typed twice.
                String next = SYLLABLES.getOrDefault(hiragana(plain.charAt(i + 1)), "");
                letters.append(next.isEmpty() ? "" : next.substring(0, 1));
            } else {
                letters.append(SYLLABLES.getOrDefault(one, one));
            }
        }
        return letters.toString();
    }

    private static String hiragana(char c) {
        boolean katakana = c >= 'ァ' && c <= 'ヶ';
        return String.valueOf(katakana ? (char) (c - 'ァ' + 'ぁ') : c);
    }

    private static Map<String, String> syllables() {
        Map<String, String> all = new HashMap<>();
        row(all, "あいうえお", "a", "i", "u", "e", "o");
        row(all, "かきくけこ", "ka", "ki", "ku", "ke", "ko");
        row(all, "がぎぐげご", "ga", "gi", "gu", "ge", "go");
        row(all, "さしすせそ", "sa", "si", "su", "se", "so");
        row(all, "ざじずぜぞ", "za", "zi", "zu", "ze", "zo");
        row(all, "たちつてと", "ta", "ti", "tu", "te", "to");
        row(all, "だぢづでど", "da", "di", "du", "de", "do");
        row(all, "なにぬねの", "na", "ni", "nu", "ne", "no");
        row(all, "はひふへほ", "ha", "hi", "hu", "he", "ho");
        row(all, "ばびぶべぼ", "ba", "bi", "bu", "be", "bo");
        row(all, "ぱぴぷぺぽ", "pa", "pi", "pu", "pe", "po");
        row(all, "まみむめも", "ma", "mi", "mu", "me", "mo");
        row(all, "やゆよわを", "ya", "yu", "yo", "wa", "wo");
        row(all, "らりるれろ", "ra", "ri", "ru", "re", "ro");
        row(all, "ぁぃぅぇぉ", "xa", "xi", "xu", "xe", "xo");
        row(all, "ゃゅょんー", "xya", "xyu", "xyo", "nn", "-");
        contracted(
                all,
                "きぎしじちにひびぴみり",
                "ky",
                "gy",
                "sy",
                "zy",
                "ty",
                "ny",
                "hy",
                "by",
                "py",
                "my",
                "ry");
        all.put("ふぁ", "fa");
        all.put("ふぃ", "fi");
        all.put("ふぇ", "fe");
        all.put("ふぉ", "fo");
        return Map.copyOf(all);
    }

    private static void contracted(Map<String, String> all, String kana, String... letters) {
        for (int i = 0; i < letters.length; i++) {
            String first = kana.substring(i, i + 1);
            all.put(first + "ゃ", letters[i] + "a");
            all.put(first + "ゅ", letters[i] + "u");
            all.put(first + "ょ", letters[i] + "o");
        }
    }

    private static void row(Map<String, String> all, String kana, String... letters) {
        for (int i = 0; i < letters.length; i++) {
            all.put(kana.substring(i, i + 1), letters[i]);
        }
    }
}
