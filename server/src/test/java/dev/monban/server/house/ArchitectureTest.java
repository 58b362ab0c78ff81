package dev.monban.server.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.sql.Connection;
import java.time.Clock;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Directions and rooms, in one sentence each. */
class ArchitectureTest {

    private static final JavaClasses ALL =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.monban.core", "dev.monban.server");

    private static final JavaClasses SERVER =
            ALL.that(JavaClass.Predicates.resideInAPackage("dev.monban.server.."));

    @Test
    void featuresHaveNoCycles() {
        slices().matching("dev.monban.server.(*)..").should().beFreeOfCycles().check(SERVER);
    }

    @Test
    void platformUsesNoFeature() {
        noClasses()
                .that()
                .resideInAPackage("..platform..")
                .should()
                .dependOnClassesThat(
                        JavaClass.Predicates.resideInAPackage("dev.monban.server..")
                                .and(
                                        DescribedPredicate.not(
                                                JavaClass.Predicates.resideInAPackage(
                                                        "..platform.."))))
                .check(SERVER);
    }

    @Test
    void featuresUseEachOtherThroughTheirRootPackage() {
        classes()
                .that()
                .resideOutsideOfPackages("..command..", "..jte..")
                .should(useOnlyTheirOwnInnerPackages())
                .check(SERVER);
    }

    @Test
    void statementsStandInStoresAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..store..", "..platform..")
                .should()
                .callMethod(Connection.class, "prepareStatement", String.class)
                .orShould()
                .callMethod(Connection.class, "createStatement")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("dev.monban.server.platform.Sql")
                .check(SERVER);
    }

    @Test
    void pagesAreShownByPagesAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..page..", "..platform..", "..demo..", "..command..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("dev.monban.server.platform.Pages")
                .check(SERVER);
    }

    @Test
    void clockAndChanceComeFromPlatformAndCommand() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..platform..", "..command..")
                .should()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(InstantSource.class, "system")
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .check(SERVER);
    }

    /** A code of a later release is a value: only what finds none without an error may look. */
    @Test
    void codesAreLookedUpWhereUnknownOnesAreValues() {
        noClasses()
                .should()
                .callMethodWhere(
                        DescribedPredicate.describe(
                                "the method valueOf of an enum",
                                call ->
                                        call.getTarget().getName().equals("valueOf")
                                                && call.getTargetOwner().isEnum()
                                                && !call.getOriginOwner().isEnum()))
                .orShould()
                .callMethod(Enum.class, "valueOf", Class.class, String.class)
                .check(
                        ALL.that(
                                DescribedPredicate.describe(
                                        "are no enums", type -> !type.isEnum())));
    }

    /** What leaves goes through one place, which looks where it goes and how long it takes. */
    @Test
    void onlyOutgoingCallsOpenConnectionsToOtherHosts() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..platform.outgoing..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net.http..", "org.apache.hc..", "io.helidon.webclient..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.Socket")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.HttpURLConnection")
                .orShould()
                .callMethod(java.net.URL.class, "openStream")
                .orShould()
                .callMethod(java.net.URL.class, "getContent")
                .check(SERVER);
        // The listener's connections come from others.
        noClasses()
                .that()
                .resideOutsideOfPackage("..platform.outgoing..")
                .and()
                .haveNameNotMatching(".*platform\\.Connector(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.channels.SocketChannel")
                .check(SERVER);
        // The archive of PostgreSQL's programs is a URL within the class path.
        noClasses()
                .that()
                .resideOutsideOfPackage("..platform.postgres..")
                .should()
                .callMethod(java.net.URL.class, "openConnection")
                .check(SERVER);
        // Names are looked up where their addresses are checked; the gate's own at its start.
        noClasses()
                .that()
                .resideOutsideOfPackage("..platform..")
                .should()
                .callMethod(java.net.InetAddress.class, "getByName", String.class)
                .orShould()
                .callMethod(java.net.InetAddress.class, "getAllByName", String.class)
                .check(SERVER);
        // Mail has a protocol, and a time for the whole, of its own.
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.monban.server.notify.Mail")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("jakarta.mail.Transport")
                .check(SERVER);
    }

    /** The library that speaks the protocols brings clients of its own, which check nothing. */
    @Test
    void noLibraryCallsOtherHostsByItself() {
        // The demo's two systems are clients of the gate, on this machine.
        noClasses()
                .that()
                .resideOutsideOfPackage("..server.demo..")
                .should()
                .callMethod(com.nimbusds.oauth2.sdk.http.HTTPRequest.class, "send")
                .orShould()
                .callMethod(
                        com.nimbusds.jose.jwk.source.JWKSourceBuilder.class,
                        "create",
                        java.net.URL.class)
                .orShould()
                .callMethod(
                        com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata.class,
                        "resolve",
                        com.nimbusds.oauth2.sdk.id.Issuer.class)
                .orShould()
                .callMethod(com.nimbusds.jose.jwk.JWKSet.class, "load", java.net.URL.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("com.nimbusds.jose.util.DefaultResourceRetriever")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("com.nimbusds.jose.jwk.source.RemoteJWKSet")
                .check(SERVER);
    }

    private static ArchCondition<JavaClass> useOnlyTheirOwnInnerPackages() {
        return new ArchCondition<>("use only their own inner packages") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                item.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass().getPackageName())
                        .filter(name -> name.startsWith("dev.monban.server."))
                        .filter(name -> name.endsWith(".store") || name.endsWith(".page"))
                        .filter(name -> !feature(name).equals(feature(item.getPackageName())))
                        .forEach(name ->
                                events.add(
                                        SimpleConditionEvent.violated(
                                                item, item.getName() + " uses " + name)));
            }
        };
    }

    private static String feature(String packageName) {
        String[] parts = packageName.split("\\.", -1);
        return parts.length > 3 ? parts[3] : "";
    }
}
