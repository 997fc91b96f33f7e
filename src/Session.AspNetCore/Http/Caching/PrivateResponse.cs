using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ServerSessions;

/// <summary>
/// A view of a response whose Cache-Control always reads as protected, also after the application writes it. Response caching has no switch
/// for one response. It decides by this header, at the first byte or, without one, after the application has run.
/// </summary>
internal sealed class PrivateResponse(IHttpResponseFeature inner) : IHttpResponseFeature
{
    public IHttpResponseFeature Inner => inner;

    public int StatusCode
    {
        get => inner.StatusCode;
        set => inner.StatusCode = value;
    }

    public string? ReasonPhrase
    {
        get => inner.ReasonPhrase;
        set => inner.ReasonPhrase = value;
    }

    public IHeaderDictionary Headers { get; set; } = new PrivateHeaders(inner.Headers);

#pragma warning disable CS0618 // The interface still asks for it.
    Stream IHttpResponseFeature.Body
    {
        get => inner.Body;
        set => inner.Body = value;
    }
#pragma warning restore CS0618

    public bool HasStarted => inner.HasStarted;

    public void OnStarting(Func<object, Task> callback, object state) => inner.OnStarting(callback, state);

    public void OnCompleted(Func<object, Task> callback, object state) => inner.OnCompleted(callback, state);

    private sealed class PrivateHeaders(IHeaderDictionary headers) : IHeaderDictionary
    {
        public long? ContentLength
        {
            get => headers.ContentLength;
            set => headers.ContentLength = value;
        }

        public ICollection<string> Keys => headers.Keys;

        public ICollection<StringValues> Values => headers.Values;

        public int Count => headers.Count;

        public bool IsReadOnly => headers.IsReadOnly;

        public StringValues this[string key]
        {
            get => Read(key, headers[key]);
            set => headers[key] = value;
        }

        StringValues IDictionary<string, StringValues>.this[string key]
        {
            get => Read(key, ((IDictionary<string, StringValues>)headers)[key]);
            set => headers[key] = value;
        }

        public void Add(string key, StringValues value) => ((IDictionary<string, StringValues>)headers).Add(key, value);

        public void Add(KeyValuePair<string, StringValues> item) => headers.Add(item);

        public void Clear() => headers.Clear();

        public bool Contains(KeyValuePair<string, StringValues> item) => headers.Contains(item);

        public bool ContainsKey(string key) => headers.ContainsKey(key);

        public void CopyTo(KeyValuePair<string, StringValues>[] array, int arrayIndex) => headers.CopyTo(array, arrayIndex);

        public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => headers.GetEnumerator();

        public bool Remove(string key) => headers.Remove(key);

        public bool Remove(KeyValuePair<string, StringValues> item) => headers.Remove(item);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out StringValues value)
        {
            var found = headers.TryGetValue(key, out value);
            value = Read(key, value);
            return found;
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private static StringValues Read(string key, StringValues value) =>
            value.Count > 0 && key.Equals(HeaderNames.CacheControl, StringComparison.OrdinalIgnoreCase)
                ? CacheProtection.Protect(value, hasCookie: false)
                : value;
    }
}
