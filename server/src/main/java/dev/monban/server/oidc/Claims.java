package dev.monban.server.oidc;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.openid.connect.sdk.OIDCClaimsRequest;
import com.nimbusds.openid.connect.sdk.claims.ClaimsSetRequest;
import dev.monban.server.account.Account;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What clients may know of a person: by scope, and by the parameter {@code claims}. */
public final class Claims {

    public static final String OPENID = "openid";
    public static final String PROFILE = "profile";
    public static final String EMAIL = "email";
    public static final String OFFLINE_ACCESS = "offline_access";

    /** The scopes that there are, in the order in which pages list them. */
    public static final List<String> SCOPES = List.of(OPENID, PROFILE, EMAIL, OFFLINE_ACCESS);

    /**
     * What each scope covers (OpenID Connect Core 1.0, section 5.4), as far as it is known here.
     */
    private static final Map<String, List<String>> COVERED =
            Map.of(
                    PROFILE,
                    List.of(
                            "name",
                            "given_name",
                            "family_name",
                            "preferred_username",
                            "zoneinfo",
                            "locale",
                            "updated_at"),
                    EMAIL,
                    List.of("email", "email_verified"));

    private Claims() {}

    /** Where claims are delivered. */
    public enum Place {
        ID_TOKEN,
        USER_INFO
    }

    /**
     * What a client was granted of a person.
     *
     * @param scopes of the token that is used
     * @param byName the parameter {@code claims}; {@code null} where none was sent
     * @param byNameScopes the scopes beyond those whose claims may be given where they were asked
     *     for by name
     */
    public record Granted(
            List<String> scopes, @Nullable String byName, List<String> byNameScopes) {}

    /**
     * The claims about this person, besides {@code sub}. Scopes deliver at the userinfo endpoint; a
     * claim asked for by name is delivered where it was asked for (section 5.5).
     */
    public static Map<String, Object> about(Account account, Granted granted, Place place) {
        Set<String> wanted = new LinkedHashSet<>();
        Set<String> mayHave = covered(granted.scopes());
        if (place == Place.USER_INFO) {
            wanted.addAll(mayHave);
        }
        wanted.addAll(asked(granted.byName(), place));
        mayHave.addAll(covered(granted.byNameScopes()));
        wanted.retainAll(mayHave);
        Map<String, Object> claims = new LinkedHashMap<>();
        for (String name : wanted) {
            Object value = value(account, name);
            if (value != null) {
                claims.put(name, value);
            }
        }
        return claims;
    }

    /**
     * The scopes that would cover what is asked for by name, beyond those that are granted anyway.
     * A client gets them, and a person is asked about them, as if the scope had been sent; what the
     * client was not declared for it does not get by another name either.
     *
     * @param claimsRequest the parameter {@code claims}; {@code null} where none was sent
     * @param granted the scopes that are granted
     * @param declared the scopes that the client may ask for
     */
    public static List<String> scopesByName(
            @Nullable String claimsRequest, List<String> granted, List<String> declared) {
        Set<String> asked = new LinkedHashSet<>(asked(claimsRequest, Place.ID_TOKEN));
        asked.addAll(asked(claimsRequest, Place.USER_INFO));
        return COVERED.entrySet().stream()
                .filter(scope -> !Collections.disjoint(scope.getValue(), asked))
                .map(Map.Entry::getKey)
                .filter(scope -> declared.contains(scope) && !granted.contains(scope))
                .sorted()
                .toList();
    }

    private static Set<String> covered(List<String> scopes) {
        Set<String> names = new LinkedHashSet<>();
        scopes.forEach(scope -> names.addAll(COVERED.getOrDefault(scope, List.of())));
        return names;
    }

    /** All claims that Monban can give, for the discovery document. */
    public static List<String> all() {
        return List.of(
                "sub",
                "auth_time",
                "acr",
                "amr",
                "name",
                "given_name",
                "family_name",
                "preferred_username",
                "zoneinfo",
                "locale",
                "updated_at",
                "email",
                "email_verified");
    }

    private static @Nullable Object value(Account account, String name) {
        return switch (name) {
            case "name" -> account.name();
            case "given_name" -> account.givenName();
            case "family_name" -> account.familyName();
            case "zoneinfo" -> account.timeZone().getId();
            case "preferred_username" -> account.identifier();
            case "locale" -> account.language().tag();
            case "updated_at" -> account.changedAt().getEpochSecond();
            case "email" -> account.email();
            case "email_verified" -> account.email() == null ? null : account.emailVerified();
            default -> null;
        };
    }

    private static Set<String> asked(@Nullable String claimsRequest, Place place) {
        if (claimsRequest == null) {
            return Set.of();
        }
        try {
            OIDCClaimsRequest request = OIDCClaimsRequest.parse(claimsRequest);
            ClaimsSetRequest set =
                    place == Place.ID_TOKEN
                            ? request.getIDTokenClaimsRequest()
                            : request.getUserInfoClaimsRequest();
            return set == null ? Set.of() : set.getClaimNames(false);
        } catch (ParseException e) {
            throw new IllegalStateException("the request was checked when it came", e);
        }
    }
}
