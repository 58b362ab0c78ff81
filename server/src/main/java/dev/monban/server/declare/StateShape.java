package dev.monban.server.declare;

import static dev.monban.server.declare.Shape.optional;
import static dev.monban.server.declare.Shape.required;

import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.watch.FindingKind;
import dev.monban.server.declare.Shape.Choice;
import dev.monban.server.declare.Shape.Flag;
import dev.monban.server.declare.Shape.Keys;
import dev.monban.server.declare.Shape.ListOf;
import dev.monban.server.declare.Shape.OneOf;
import dev.monban.server.declare.Shape.Text;
import dev.monban.server.oidc.Claims;
import dev.monban.server.oidc.Client;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code monban.yaml} may hold. */
final class StateShape {

    private static final int MOST_TENANTS = 20_000;
    private static final int MOST_ACCOUNTS = 100_000;
    private static final int MOST_CLIENTS = 1_000;
    private static final int MOST_IN_A_LIST = 100;

    private static final Text SLUG =
            text("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "small letters, digits and hyphens", 63);
    private static final Text NAME = text("\\S(.*\\S)?", "a name without space around it", 100);
    private static final Text PLACE = text("\\S+", "one word", 500);
    private static final Text ROLE = text("[a-z][a-z0-9_-]*", "small letters, digits, - and _", 40);
    private static final Text SCOPE =
            text("[a-zA-Z0-9:._/-]+", "letters, digits and : . _ / -", 100);
    private static final Text IDENTIFIER =
            text("\\S+", "a login name without spaces, such as an e-mail address", 254);
    private static final Text MAIL = text("[^@\\s]+@[^@\\s]+", "an e-mail address", 254);
    private static final Text URI_TEXT =
            text(
                    "[a-z][a-z0-9+.-]*:[\\x21\\x22\\x24-\\x7e]+",
                    "a full address without a fragment, such as https://crm.example/callback",
                    500);
    private static final Text HTTP =
            text("https?://[\\x21\\x22\\x24-\\x7e]+", "an http or https address", 500);
    private static final Text WEB = text("https://[\\x21-\\x7e]+", "an https address", 500);
    private static final Text CONTACT =
            text(
                    "(mailto:|https://|tel:)[\\x21-\\x7e]+",
                    "an address such as mailto:security@example.com or https://example.com/report",
                    500);
    private static final Text ORIGIN =
            text("https?://[a-z0-9.:\\[\\]-]+", "an origin such as https://app.example", 200);
    private static final Text ISSUER =
            text(
                    "https?://[a-z0-9.:\\[\\]-]+",
                    "an origin such as https://login.example, without a path",
                    200);
    private static final Text DOMAIN =
            text("[a-z0-9-]+(\\.[a-z0-9-]+)+", "a domain such as yamada.example", 253);
    private static final Choice ALGORITHM = new Choice(List.of("ES256", "RS256", "EdDSA"));

    /** What alerts are about: kinds of attacks, and channels that fail. */
    private static final List<String> ABOUT =
            Stream.concat(
                            Arrays.stream(FindingKind.values()).map(FindingKind::code),
                            Stream.of(
                                    "reported",
                                    "channel",
                                    "stuck_person",
                                    "tenant_outage",
                                    "stale_automation",
                                    "login_drop"))
                    .toList();

    private static final OneOf SECRET =
            new OneOf(
                    ordered(
                            Map.entry("env", PLACE),
                            Map.entry("file", PLACE),
                            Map.entry("plain", text("(?s).+", "the secret itself", 512))));

    static final Keys MAIL_SERVER =
            new Keys(
                    ordered(
                            Map.entry("from", required(MAIL, "The address that mail comes from.")),
                            Map.entry("server", required(PLACE, "Host name of the mail server.")),
                            Map.entry(
                                    "port",
                                    optional(
                                            new Shape.WholeNumber(1, 65535, ""),
                                            "Its port; 587 unless given.")),
                            Map.entry(
                                    "encryption",
                                    optional(
                                            new Choice(List.of("starttls", "tls", "none")),
                                            "starttls unless given; none for a server on this"
                                                    + " machine.")),
                            Map.entry(
                                    "bounces",
                                    optional(
                                            MAIL,
                                            "Where mail servers report what did not arrive (the"
                                                    + " envelope's sender); from unless given.")),
                            Map.entry("user", optional(PLACE, "User name at the mail server.")),
                            Map.entry("password", optional(SECRET, "Its password."))));

    static final Keys ALERT =
            new Keys(
                    ordered(
                            Map.entry("name", required(SLUG, "Name of this channel.")),
                            Map.entry("mail", optional(MAIL, "By mail to this address.")),
                            Map.entry(
                                    "webhook",
                                    optional(
                                            HTTP,
                                            "By a webhook at this address, signed as Standard"
                                                    + " Webhooks say.")),
                            Map.entry(
                                    "secret",
                                    optional(
                                            SECRET,
                                            "Signs the webhook: whsec_ and at least 24 bytes in"
                                                    + " base64.")),
                            Map.entry(
                                    "slackWebhook",
                                    optional(SECRET, "By Slack's incoming webhook: its address.")),
                            Map.entry(
                                    "slackToken",
                                    optional(
                                            SECRET,
                                            "By a Slack bot, one thread a campaign: its token.")),
                            Map.entry(
                                    "slackChannel",
                                    optional(PLACE, "The bot's channel, such as C0123456789.")),
                            Map.entry(
                                    "slackApi",
                                    optional(
                                            HTTP,
                                            "Where Slack's methods are;"
                                                    + " https://slack.com/api/ unless given.")),
                            Map.entry(
                                    "only",
                                    optional(
                                            new ListOf(new Choice(ABOUT), MOST_IN_A_LIST),
                                            "What this channel is told of; everything but stuck_person"
                                                    + " unless given."))));

    static final Keys REQUIREMENT =
            new Keys(
                    ordered(
                            Map.entry(
                                    "level",
                                    required(
                                            new Choice(
                                                    List.of(
                                                            AssuranceLevel.AAL2.acr(),
                                                            AssuranceLevel.PHISHING_RESISTANT
                                                                    .acr())),
                                            "aal2: two factors; phr: a passkey.")),
                            Map.entry(
                                    "roles",
                                    optional(
                                            new ListOf(ROLE, MOST_IN_A_LIST),
                                            "Whom it concerns: whoever has one of these;"
                                                    + " everybody unless given.")),
                            Map.entry(
                                    "from",
                                    optional(
                                            PLACE,
                                            "The day, or the time, from which it holds, announced"
                                                    + " at each sign-in until then; at once unless"
                                                    + " given.")),
                            Map.entry(
                                    "trustedDevices",
                                    optional(
                                            new Flag(),
                                            "Whether a device that the person trusts may stand"
                                                    + " for the second factor; true unless given,"
                                                    + " and never for phr."))));

    private static final Keys IDENTITY_PROVIDER =
            new Keys(
                    ordered(
                            Map.entry(
                                    "issuer",
                                    required(
                                            HTTP, "Its issuer, as its discovery document has it.")),
                            Map.entry("clientId", required(PLACE, "What Monban is called there.")),
                            Map.entry(
                                    "secret", required(SECRET, "What Monban proves itself with.")),
                            Map.entry(
                                    "domains",
                                    required(
                                            new ListOf(DOMAIN, MOST_IN_A_LIST),
                                            "Of its people's login names; no other organisation's."))));

    static final Keys TENANT =
            new Keys(
                    ordered(
                            Map.entry("id", required(SLUG, "Short name; accounts refer to it.")),
                            Map.entry("name", required(NAME, "Name as people write it.")),
                            Map.entry(
                                    "operator",
                                    optional(
                                            new Flag(),
                                            "Whether it runs this gate: its people with the role"
                                                    + " admin enter the console.")),
                            Map.entry(
                                    "require",
                                    optional(
                                            new ListOf(REQUIREMENT, MOST_IN_A_LIST),
                                            "At which level its people are to sign in.")),
                            Map.entry(
                                    "identityProvider",
                                    optional(
                                            IDENTITY_PROVIDER,
                                            "The organisation's own OpenID Provider, where its"
                                                    + " people may sign in instead."))));

    static final Keys ACCOUNT =
            new Keys(
                    ordered(
                            Map.entry("identifier", required(IDENTIFIER, "The login name.")),
                            Map.entry("tenant", required(SLUG, "The organisation's id.")),
                            Map.entry("name", required(NAME, "The person's name.")),
                            Map.entry(
                                    "givenName",
                                    optional(
                                            NAME,
                                            "The given name, for clients that ask for the claim"
                                                    + " given_name; not known unless given.")),
                            Map.entry("familyName", optional(NAME, "The family name, likewise.")),
                            Map.entry(
                                    "email",
                                    optional(
                                            MAIL,
                                            "Where mail reaches the person; the login name, where"
                                                    + " that is an address, unless given.")),
                            Map.entry(
                                    "language",
                                    optional(
                                            new Choice(List.of("ja", "en")),
                                            "Language of pages and notices; ja unless given.")),
                            Map.entry(
                                    "password",
                                    optional(
                                            SECRET,
                                            "Set when the account is made, and again whenever it"
                                                    + " changes here.")),
                            Map.entry(
                                    "roles",
                                    optional(
                                            new ListOf(ROLE, MOST_IN_A_LIST),
                                            "What the person may be in the organisation.")),
                            Map.entry(
                                    "disabled",
                                    optional(new Flag(), "Whether the account may not sign in."))));

    static final Keys CLIENT =
            new Keys(
                    ordered(
                            Map.entry(
                                    "id",
                                    required(
                                            text(
                                                    "[A-Za-z0-9._~-]+",
                                                    "letters, digits, . _ ~ -",
                                                    100),
                                            "Its name in requests (client_id).")),
                            Map.entry("name", required(NAME, "Its name on pages.")),
                            Map.entry(
                                    "redirectUris",
                                    optional(
                                            new ListOf(URI_TEXT, MOST_IN_A_LIST),
                                            "Where codes may be sent, compared letter by letter.")),
                            Map.entry(
                                    "postLogoutRedirectUris",
                                    optional(
                                            new ListOf(URI_TEXT, MOST_IN_A_LIST),
                                            "Where a browser may go after signing out.")),
                            Map.entry(
                                    "secret",
                                    optional(
                                            SECRET,
                                            "For client_secret_basic and client_secret_post;"
                                                    + " absent for a public client.")),
                            Map.entry(
                                    "secrets",
                                    optional(
                                            new ListOf(SECRET, Client.MAX_SECRETS),
                                            "Two secrets while the one is changed for the other,"
                                                    + " the one in use first; instead of"
                                                    + " secret.")),
                            Map.entry(
                                    "jwks",
                                    optional(
                                            new Shape.Anything(),
                                            "Public keys as a JWK set, for private_key_jwt;"
                                                    + " instead of a secret.")),
                            Map.entry(
                                    "jwksUri",
                                    optional(
                                            HTTP,
                                            "Where its public keys are fetched, for"
                                                    + " private_key_jwt; instead of jwks.")),
                            Map.entry(
                                    "tokenEndpointAudience",
                                    optional(
                                            new Flag(),
                                            "Whether its assertions may name the address of /token"
                                                    + " as their audience, as Spring Security does,"
                                                    + " and not the issuer alone.")),
                            Map.entry(
                                    "grants",
                                    required(
                                            new ListOf(
                                                    new Choice(
                                                            List.of(
                                                                    "authorization_code",
                                                                    "refresh_token",
                                                                    "client_credentials",
                                                                    "device_code")),
                                                    4),
                                            "Grant types that it may use.")),
                            Map.entry(
                                    "scopes",
                                    optional(
                                            new ListOf(SCOPE, MOST_IN_A_LIST),
                                            "Scopes that it may ask for: "
                                                    + String.join(", ", Claims.SCOPES)
                                                    + ", and names of your own, which your"
                                                    + " resources check; openid unless given.")),
                            Map.entry(
                                    "thirdParty",
                                    optional(
                                            new Flag(),
                                            "Whether it belongs to somebody else, so that people"
                                                    + " are asked for consent.")),
                            Map.entry(
                                    "signingAlgorithm",
                                    optional(
                                            ALGORITHM,
                                            "Signs its tokens; ES256 unless given. Spring"
                                                    + " Security takes RS256 alone unless told otherwise.")),
                            Map.entry(
                                    "userInfoSigningAlgorithm",
                                    optional(
                                            ALGORITHM,
                                            "Signs the answers of /userinfo; plain JSON unless"
                                                    + " given.")),
                            Map.entry(
                                    "accessTokenFormat",
                                    optional(
                                            new Choice(List.of("jwt", "opaque")),
                                            "RFC 9068, or opaque; jwt unless given.")),
                            Map.entry(
                                    "accessTokenSeconds",
                                    optional(
                                            new Shape.WholeNumber(60, 3600, "seconds"),
                                            "How long an access token is good; 300 unless given.")),
                            Map.entry(
                                    "audience",
                                    optional(
                                            PLACE,
                                            "The aud of its access tokens; the issuer unless"
                                                    + " given.")),
                            Map.entry(
                                    "backChannelLogoutUri",
                                    optional(HTTP, "Where logout tokens are sent.")),
                            Map.entry(
                                    "dpopRequired",
                                    optional(
                                            new Flag(),
                                            "Whether its tokens are always bound to a key.")),
                            Map.entry(
                                    "parRequired",
                                    optional(new Flag(), "Whether it must push its requests.")),
                            Map.entry(
                                    "pkce",
                                    optional(
                                            new Choice(List.of("required", "optional")),
                                            "Whether its requests must carry a code_challenge"
                                                    + " (RFC 7636); required unless given. optional is for"
                                                    + " a client with a secret or jwks that"
                                                    + " cannot send one.")),
                            Map.entry(
                                    "origins",
                                    optional(
                                            new ListOf(ORIGIN, MOST_IN_A_LIST),
                                            "Web origins from which its browsers call /token and"
                                                    + " /userinfo."))));

    private static final Keys OUTGOING =
            new Keys(
                    ordered(
                            Map.entry(
                                    "allow",
                                    required(
                                            new ListOf(PLACE, MOST_IN_A_LIST),
                                            "Hosts and networks that are internal and meant, such"
                                                    + " as idp.internal:8443 or 10.0.5.0/24."))));

    private static final Keys SECURITY =
            new Keys(
                    ordered(
                            Map.entry(
                                    "contact",
                                    required(
                                            new ListOf(CONTACT, MOST_IN_A_LIST),
                                            "Where weaknesses are reported, the preferred address"
                                                    + " first.")),
                            Map.entry(
                                    "policy",
                                    optional(WEB, "Where it stands how reports are treated."))));

    static final Keys STATE =
            new Keys(
                    ordered(
                            Map.entry(
                                    "issuer",
                                    required(
                                            ISSUER,
                                            "The address of this gate as everybody outside sees"
                                                    + " it.")),
                            Map.entry(
                                    "mail",
                                    optional(
                                            MAIL_SERVER,
                                            "How mail leaves; without it nobody is asked for a"
                                                    + " code.")),
                            Map.entry(
                                    "alerts",
                                    optional(
                                            new ListOf(ALERT, MOST_IN_A_LIST),
                                            "Where operators are told of attacks.")),
                            Map.entry(
                                    "tenants",
                                    optional(new ListOf(TENANT, MOST_TENANTS), "Organisations.")),
                            Map.entry(
                                    "accounts",
                                    optional(
                                            new ListOf(ACCOUNT, MOST_ACCOUNTS),
                                            "First administrators, demos and tests.")),
                            Map.entry(
                                    "clients",
                                    optional(
                                            new ListOf(CLIENT, MOST_CLIENTS),
                                            "Applications that people sign in to.")),
                            Map.entry(
                                    "outgoing",
                                    optional(
                                            OUTGOING,
                                            "Where the gate may call besides the public"
                                                    + " Internet.")),
                            Map.entry(
                                    "security",
                                    optional(
                                            SECURITY,
                                            "Served as /.well-known/security.txt (RFC 9116);"
                                                    + " nothing is unless given.")),
                            Map.entry("version", OptionsShape.VERSION),
                            Map.entry("passkeys", OptionsShape.PASSKEYS),
                            Map.entry(
                                    "retention",
                                    optional(
                                            OptionsShape.RETENTION,
                                            "How long is kept what happened."))));

    private StateShape() {}

    private static Text text(String pattern, String mend, int mostCharacters) {
        return new Text(Pattern.compile(pattern), mend, mostCharacters);
    }

    @SafeVarargs
    private static <T> Map<String, T> ordered(Map.Entry<String, ? extends T>... entries) {
        Map<String, T> map = new LinkedHashMap<>();
        for (Map.Entry<String, ? extends T> entry : entries) {
            map.put(entry.getKey(), entry.getValue());
        }
        return map;
    }

    /** All keys that there are, so that tests can hold the documents to them. */
    static Map<String, Shape.Key> keys() {
        return STATE.keys();
    }
}
