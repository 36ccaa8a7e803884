// What Swift cannot call of OpenSSL 3: macros, variadic functions and typed stacks, as small inline functions.
// Ownership is said where it is not OpenSSL's usual one (a returned object belongs to the caller).
#pragma once
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

// Without a callback OpenSSL would ask for a passphrase on the terminal.
static inline int cossl_no_password(char *buffer, int size, int writing, void *context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

static inline X509 *cossl_pem_certificate(BIO *bio) { return PEM_read_bio_X509(bio, NULL, cossl_no_password, NULL); }
static inline X509_REQ *cossl_pem_request(BIO *bio) {
    return PEM_read_bio_X509_REQ(bio, NULL, cossl_no_password, NULL);
}
static inline EVP_PKEY *cossl_pem_key(BIO *bio) { return PEM_read_bio_PrivateKey(bio, NULL, cossl_no_password, NULL); }
static inline int cossl_password(char *buffer, int size, int writing, void *context) {
    size_t length = strlen((const char *)context);
    (void)writing;
    if (length == 0 || length > (size_t)size) return -1;
    memcpy(buffer, context, length);
    return (int)length;
}
static inline EVP_PKEY *cossl_pem_key_with(BIO *bio, const char *password) {
    return PEM_read_bio_PrivateKey(bio, NULL, cossl_password, (void *)password);
}
// From the point (uncompressed) and the number (big-endian); NULL when they do not belong together.
static inline EVP_PKEY *cossl_ec_key(
    const char *curve, const void *point, size_t point_length, const void *number, size_t number_length) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *making = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL), *checking = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    BIGNUM *secret = BN_secure_new();
    if (secret) secret = BN_bin2bn((const unsigned char *)number, (int)number_length, secret);
    int good = making && builder && secret
        && OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0)
        && OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, point_length)
        && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, secret)
        && (parameters = OSSL_PARAM_BLD_to_param(builder)) != NULL && EVP_PKEY_fromdata_init(making) == 1
        && EVP_PKEY_fromdata(making, &key, EVP_PKEY_KEYPAIR, parameters) == 1
        && (checking = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL)) != NULL && EVP_PKEY_pairwise_check(checking) == 1;
    if (!good) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    EVP_PKEY_CTX_free(checking);
    OSSL_PARAM_free(parameters);
    BN_clear_free(secret);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(making);
    return key;
}
static inline int cossl_pem_write_key(BIO *bio, EVP_PKEY *key) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
}

// True when the last error is "no more PEM blocks", not "a bad block".
static inline int cossl_at_end_of_pem(void) {
    unsigned long last = ERR_peek_last_error();
    return ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
}

// The bytes stay the memory BIO's.
static inline long cossl_bio_bytes(BIO *bio, const unsigned char **bytes) { return BIO_get_mem_data(bio, bytes); }
static inline size_t cossl_bio_pending(BIO *bio) { return BIO_ctrl_pending(bio); }

static inline EVP_PKEY *cossl_generate_rsa(size_t bits) { return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits); }
static inline EVP_PKEY *cossl_generate_ec(const char *curve) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve); }

// A stack of certificates; what is pushed is shared (its count goes up), freeing the stack gives it back.
static inline STACK_OF(X509) *cossl_certificates_new(void) { return sk_X509_new_null(); }
static inline int cossl_certificates_count(const STACK_OF(X509) *stack) { return stack ? sk_X509_num(stack) : 0; }
static inline X509 *cossl_certificates_at(const STACK_OF(X509) *stack, int index) { return sk_X509_value(stack, index); }
static inline int cossl_certificates_push(STACK_OF(X509) *stack, X509 *certificate) {
    if (!X509_up_ref(certificate)) return 0;
    if (sk_X509_push(stack, certificate) > 0) return 1;
    X509_free(certificate);
    return 0;
}
static inline void cossl_certificates_free(STACK_OF(X509) *stack) { sk_X509_pop_free(stack, X509_free); }

// Seconds since 1970; 0 when the time is malformed.
static inline int cossl_time_seconds(const ASN1_TIME *time, int64_t *seconds) {
    struct tm parts;
    memset(&parts, 0, sizeof parts);
    if (!time || !ASN1_TIME_to_tm(time, &parts)) return 0;
    *seconds = (int64_t)timegm(&parts);
    return 1;
}

// One field of a name: object identifier as text, value as UTF-8 (cossl_release it). The length, or -1.
static inline int cossl_name_entry(const X509_NAME *name, int index, char *oid, int size, unsigned char **value) {
    X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, index);
    if (!entry || OBJ_obj2txt(oid, size, X509_NAME_ENTRY_get_object(entry), 1) <= 0) return -1;
    return ASN1_STRING_to_UTF8(value, X509_NAME_ENTRY_get_data(entry));
}
static inline void cossl_release(void *memory) { OPENSSL_free(memory); }

static inline int cossl_add_name_entry(X509_NAME *name, int nid, const char *value) {
    return X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0);
}

// NULL with *state -1: not there; NULL with anything else: malformed or there twice.
static inline GENERAL_NAMES *cossl_alternative_names(const STACK_OF(X509_EXTENSION) *extensions, int *state) {
    *state = -1;
    return (GENERAL_NAMES *)X509V3_get_d2i(extensions, NID_subject_alt_name, state, NULL);
}
static inline int cossl_alternative_names_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
// The length of a DNS name, whose bytes stay the list's; -1 for any other kind.
static inline int cossl_dns_name(const GENERAL_NAMES *names, int index, const unsigned char **bytes) {
    int kind;
    void *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, index), &kind);
    if (kind != GEN_DNS || !value) return -1;
    *bytes = ASN1_STRING_get0_data((ASN1_STRING *)value);
    return ASN1_STRING_length((ASN1_STRING *)value);
}
static inline EXTENDED_KEY_USAGE *cossl_extended_usages(const STACK_OF(X509_EXTENSION) *extensions, int *state) {
    *state = -1;
    return (EXTENDED_KEY_USAGE *)X509V3_get_d2i(extensions, NID_ext_key_usage, state, NULL);
}
static inline int cossl_extended_usages_count(const EXTENDED_KEY_USAGE *usages) { return sk_ASN1_OBJECT_num(usages); }
static inline int cossl_extended_usage(const EXTENDED_KEY_USAGE *usages, int index, char *oid, int size) {
    return OBJ_obj2txt(oid, size, sk_ASN1_OBJECT_value(usages, index), 1);
}
static inline void cossl_extensions_free(STACK_OF(X509_EXTENSION) *extensions) {
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

static inline int cossl_signature_algorithm(const X509 *certificate, char *oid, int size) {
    const X509_ALGOR *algorithm = NULL;
    const ASN1_OBJECT *object = NULL;
    X509_get0_signature(NULL, &algorithm, certificate);
    if (!algorithm) return -1;
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    return OBJ_obj2txt(oid, size, object, 1);
}

// One extension, its value in the words of OpenSSL's configuration files, without a configuration behind it.
static inline X509_EXTENSION *cossl_extension(X509 *issuer, X509 *subject, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, subject, NULL, NULL, 0);
    return X509V3_EXT_conf_nid(NULL, &context, nid, value);
}
static inline int cossl_request_add_extensions(X509_REQ *request, X509_EXTENSION **extensions, int count) {
    STACK_OF(X509_EXTENSION) *stack = sk_X509_EXTENSION_new_null();
    int good = stack != NULL;
    for (int i = 0; good && i < count; i++) good = sk_X509_EXTENSION_push(stack, extensions[i]) > 0;
    good = good && X509_REQ_add_extensions(request, stack);
    sk_X509_EXTENSION_free(stack);
    return good;
}

// Certificates of a PKCS#7 "signed data"; they stay the bundle's. NULL when it is of another kind.
static inline STACK_OF(X509) *cossl_pkcs7_certificates(PKCS7 *bundle) {
    if (PKCS7_type_is_signed(bundle) && bundle->d.sign) return bundle->d.sign->cert;
    return NULL;
}
static inline PKCS7 *cossl_pkcs7_new(const STACK_OF(X509) *certificates) {
    PKCS7 *bundle = PKCS7_new();
    int good = bundle && PKCS7_set_type(bundle, NID_pkcs7_signed) && PKCS7_content_new(bundle, NID_pkcs7_data);
    for (int i = 0; good && i < cossl_certificates_count(certificates); i++)
        good = PKCS7_add_certificate(bundle, sk_X509_value(certificates, i));
    if (good) return bundle;
    PKCS7_free(bundle);
    return NULL;
}
static inline PKCS7 *cossl_pem_pkcs7(BIO *bio) { return PEM_read_bio_PKCS7(bio, NULL, cossl_no_password, NULL); }

// The bag attribute that tells Windows which provider keeps the key.
static inline int cossl_set_provider(EVP_PKEY *key, const char *provider) {
    return EVP_PKEY_add1_attr_by_NID(key, NID_ms_csp_name, MBSTRING_ASC, (const unsigned char *)provider, -1);
}
static inline int cossl_key_exchange(void) { return KEY_EX; }

// TLS: setters that are macros.
static inline int cossl_set_minimum_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}
static inline int cossl_set_server_name(SSL *connection, const char *name) {
    return (int)SSL_set_tlsext_host_name(connection, name);
}
static inline int cossl_add_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}
static inline void cossl_no_session_cache(SSL_CTX *context) { SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); }
static inline uint64_t cossl_legacy_server_connect(void) { return SSL_OP_LEGACY_SERVER_CONNECT; }
