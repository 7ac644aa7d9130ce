using System.Text.Json.Serialization;

namespace Distiller.Retrieval;

/// <summary>How entries of a context are chosen for a task.</summary>
/// <param name="K">Most entries; null: all that the method finds.</param>
public sealed record EntrySelection(EntryMethod Method, int? K = null);

[JsonConverter(typeof(JsonStringEnumConverter<EntryMethod>))]
public enum EntryMethod
{
    /// <summary>Every entry whose subject the request names.</summary>
    [JsonStringEnumMemberName("subject")]
    Subject,

    /// <summary>The nearest by BM25 over the heads.</summary>
    [JsonStringEnumMemberName("bm25-head")]
    Bm25Head,

    /// <summary>The nearest by BM25 over the whole entries.</summary>
    [JsonStringEnumMemberName("bm25-entry")]
    Bm25Entry,

    /// <summary>The nearest by the cosine of embeddings of the heads.</summary>
    [JsonStringEnumMemberName("embedder-head")]
    EmbedderHead,

    /// <summary>The nearest by the cosine of embeddings of the whole entries.</summary>
    [JsonStringEnumMemberName("embedder-entry")]
    EmbedderEntry,

    /// <summary>The nearest by BM25 over the heads and the past requests that each entry answered.</summary>
    [JsonStringEnumMemberName("bm25-past")]
    Bm25Past,

    /// <summary>Every entry that changed since the adapter learnt, whatever the request.</summary>
    [JsonStringEnumMemberName("changed")]
    Changed,

    /// <summary>Every entry that changed since the adapter learnt and whose subject the request names.</summary>
    [JsonStringEnumMemberName("changed-subject")]
    ChangedSubject,

    /// <summary>No entry, but the nearest past successes as examples, by BM25 over their requests.</summary>
    [JsonStringEnumMemberName("episodes")]
    Episodes,
}
