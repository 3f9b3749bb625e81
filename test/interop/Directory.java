import java.io.InputStream;
import java.nio.file.*;
import java.security.cert.*;
import java.util.*;
import javax.naming.directory.*;

/** Asks an LDAP directory by java.security.cert and JNDI: port, anchor, target. Who it binds as stands in jndi.properties of the class path. A line of answer each. */
class Directory {
  interface Question {
    String ask() throws Exception;
  }

  static X509Certificate certificate(String file) throws Exception {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  /** The path from the anchor to the target, with its list from the directory alone. */
  static String path(int port, X509Certificate anchor, X509Certificate target) throws Exception {
    X509CertSelector selector = new X509CertSelector();
    selector.setCertificate(target);
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(Set.of(new TrustAnchor(anchor, null)), selector);
    parameters.setPolicyQualifiersRejected(false);
    parameters.addCertStore(CertStore.getInstance("LDAP", new LDAPCertStoreParameters("127.0.0.1", port)));
    parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(target))));
    CertPathBuilder builder = CertPathBuilder.getInstance("PKIX");
    PKIXRevocationChecker checker = (PKIXRevocationChecker) builder.getRevocationChecker();
    checker.setOptions(EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
    parameters.addCertPathChecker(checker);
    builder.build(parameters);
    return "accepted";
  }

  /** The certificates of the authority, from its entry. */
  static String anchors(int port, X509Certificate anchor) throws Exception {
    CertStore store = CertStore.getInstance("LDAP", new LDAPCertStoreParameters("127.0.0.1", port));
    X509CertSelector selector = new X509CertSelector();
    selector.setSubject(anchor.getSubjectX500Principal());
    selector.setBasicConstraints(0);
    return store.getCertificates(selector).contains(anchor) ? "found" : "missing";
  }

  static String root(int port) throws Exception {
    Hashtable<String, String> environment = new Hashtable<>();
    environment.put("java.naming.factory.initial", "com.sun.jndi.ldap.LdapCtxFactory");
    environment.put("java.naming.provider.url", "ldap://127.0.0.1:" + port);
    DirContext context = new InitialDirContext(environment);
    return context.getAttributes("", new String[] {"namingContexts"}).get("namingContexts").get().toString();
  }

  static void say(String name, Question question) {
    String answer;
    try {
      answer = question.ask();
    } catch (Exception fault) {
      Throwable cause = fault;
      while (cause.getCause() != null) cause = cause.getCause();
      answer = "refused " + String.valueOf(cause.getMessage()).replaceAll("\\s+", " ");
    }
    System.out.println(name + "\t" + answer);
  }

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    X509Certificate anchor = certificate(args[1]);
    X509Certificate target = certificate(args[2]);
    say("root", () -> root(port));
    say("anchors", () -> anchors(port, anchor));
    say("path", () -> path(port, anchor, target));
  }
}
