package dev.monban.server.platform;

import java.text.Normalizer;

/** The one form of what people type, of a bounded length. */
public final class PlainText {

    /** NFKC makes up to eighteen letters of one, and one of up to so many. */
    private static final int COMPOSED_OF = 4;

    private PlainText() {}

    /**
     * Text in the form NFKC (Unicode Standard Annex 15): full-width letters become plain ones.
     *
     * @param maxCharacters the longest text that means something; what is longer is cut one
     *     character after it, so that it stays too long
     */
    public static String nfkc(String typed, int maxCharacters) {
        String plain =
                Normalizer.normalize(
                        cut(typed, (maxCharacters + 1) * COMPOSED_OF), Normalizer.Form.NFKC);
        return cut(plain, maxCharacters + 1);
    }

    private static String cut(String text, int characters) {
        return text.length() <= characters ? text : text.substring(0, characters);
    }
}
