#pragma once
// What Swift cannot call of libcurl: curl_easy_setopt and curl_easy_getinfo take a variable argument, one function
// here for each kind of it. Results are CURLcode as int; 0 is success.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

typedef size_t (*ccurl_transfer)(char *bytes, size_t size, size_t count, void *context);
typedef int (*ccurl_seek)(void *context, curl_off_t offset, int origin);

static inline int ccurl_global_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }
static inline int ccurl_set_long(CURL *handle, CURLoption option, long value)
{
    return curl_easy_setopt(handle, option, value);
}
// libcurl copies the text; NULL takes a default away.
static inline int ccurl_set_text(CURL *handle, CURLoption option, const char *value)
{
    return curl_easy_setopt(handle, option, value);
}
static inline int ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value)
{
    return curl_easy_setopt(handle, option, value);
}
// The bytes are copied.
static inline int ccurl_set_blob(CURL *handle, CURLoption option, const void *bytes, size_t count)
{
    struct curl_blob blob = { (void *)bytes, count, CURL_BLOB_COPY };
    return curl_easy_setopt(handle, option, &blob);
}
// The context stays the caller's and must outlive the transfer.
static inline int ccurl_set_receivers(CURL *handle, ccurl_transfer body, ccurl_transfer header, void *context)
{
    int result = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
    if (!result) result = curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
    if (!result) result = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
    if (!result) result = curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
    return result;
}
static inline int ccurl_set_source(CURL *handle, ccurl_transfer body, ccurl_seek seek, void *context)
{
    int result = curl_easy_setopt(handle, CURLOPT_READFUNCTION, body);
    if (!result) result = curl_easy_setopt(handle, CURLOPT_READDATA, context);
    if (!result) result = curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, seek);
    if (!result) result = curl_easy_setopt(handle, CURLOPT_SEEKDATA, context);
    return result;
}
static inline long ccurl_status(CURL *handle)
{
    long value = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &value);
    return value;
}
// CURLOPT_PROTOCOLS_STR is of 7.85; its predecessor is deprecated since then.
static inline int ccurl_https_only(CURL *handle)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
#else
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTPS);
#endif
}
static inline int ccurl_has_feature(int feature)
{
    return (curl_version_info(CURLVERSION_NOW)->features & feature) != 0;
}
static inline long ccurl_basic(void) { return (long)CURLAUTH_BASIC; }
static inline long ccurl_ntlm(void) { return (long)CURLAUTH_NTLM; }
static inline long ccurl_negotiate(void) { return (long)CURLAUTH_NEGOTIATE; }
static inline long ccurl_http11(void) { return (long)CURL_HTTP_VERSION_1_1; }
