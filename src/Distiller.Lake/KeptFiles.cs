using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Distiller.Lake;

/// <summary>
/// What is computed once for each part of the episode store and kept from night to night: <c>kept/NAME-KEY/INPUT-OWN.parquet</c>,
/// where KEY is the hash of how it was computed, INPUT names the file it was computed from and OWN its own bytes, both by the
/// first 32 hex digits of their SHA-256. A file that does not have the bytes of its name is computed anew. What was computed
/// from a part that the store no longer has is deleted together with that part, since it holds what the episodes said.
/// </summary>
public sealed partial class KeptFiles
{
    private const int HashDigits = 32;

    private readonly string _folder;
    private readonly bool _writable;

    internal KeptFiles(string folder, bool writable)
    {
        _folder = folder;
        _writable = writable;
    }

    /// <summary>The kept file of each input, made where there is none.</summary>
    /// <param name="name">Small letters; what the files hold.</param>
    /// <param name="recipe">What decides their bytes besides the input, serialised to JSON: settings and the version of the code.</param>
    /// <param name="inputs">Parts of the store, or files kept of them.</param>
    /// <param name="make">The rows of an input's file.</param>
    public IReadOnlyList<string> Make<T>(
        string name,
        object recipe,
        IReadOnlyList<string> inputs,
        Func<string, IEnumerable<T>> make
    )
    {
        var folder = Path.Combine(_folder, $"{name}-{CanonicalJson.Hash(recipe)[..16]}");
        var known = Known(folder);
        var files = inputs
            .Select(input => known.GetValueOrDefault(Hash(input)) ?? MakeNow(folder, input, make(input)))
            .ToList();
        if (Directory.Exists(folder) && _writable)
        {
            // When it was last of use, which decides how long it is kept.
            Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
        }

        return files;
    }

    /// <summary>The files of a name that were last of use, as far as they are as they were made.</summary>
    public IReadOnlyList<string> Newest(string name) =>
        Directory.Exists(_folder)
        && Directory.EnumerateDirectories(_folder, $"{name}-*").MaxBy(Directory.GetLastWriteTimeUtc) is { } newest
            ? [.. Known(newest).Values.Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Folders of files that are made alike, with the time at which they were last of use.</summary>
    public IEnumerable<(string Folder, DateTimeOffset Used)> Folders() =>
        Directory.Exists(_folder)
            ? Directory
                .EnumerateDirectories(_folder)
                .Order(StringComparer.Ordinal)
                .Select(f => (f, new DateTimeOffset(Directory.GetLastWriteTimeUtc(f))))
            : [];

    /// <summary>Deletes a folder that <see cref="Folders"/> gave.</summary>
    public void Delete(string folder)
    {
        CheckWritable();
        if (Path.GetDirectoryName(Path.GetFullPath(folder)) != _folder)
        {
            throw new ArgumentException("The folder is none of the kept ones.", nameof(folder));
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Deletes what was computed from other files than these, and what a killed process left unfinished.</summary>
    internal void RemoveOthers(IEnumerable<string> parts)
    {
        if (!Directory.Exists(_folder))
        {
            return;
        }

        var files = Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).ToList();
        var alive = parts.Select(Hash).ToHashSet(StringComparer.Ordinal);
        var kept = new HashSet<string>(StringComparer.Ordinal);
        int before;
        do
        {
            // A file may be computed from another kept one.
            before = kept.Count;
            foreach (
                var file in files.Where(f =>
                    Pair().Match(Path.GetFileName(f)) is { Success: true } m && alive.Contains(m.Groups[1].Value)
                )
            )
            {
                kept.Add(file);
                alive.Add(Hash(file));
            }
        } while (kept.Count > before);

        foreach (var file in files.Where(f => !kept.Contains(f)))
        {
            File.Delete(file);
        }
    }

    private string MakeNow<T>(string folder, string input, IEnumerable<T> rows)
    {
        CheckWritable();
        var draft = Path.Combine(folder, $"{Hash(input)}{AtomicFile.UnfinishedSuffix}");
        try
        {
            ParquetFile.Write(draft, rows);
            var file = Path.Combine(folder, $"{Hash(input)}-{Sha256(draft)}.parquet");
            File.Move(draft, file, overwrite: true);
            DurableFolder.Flush(folder);
            return file;
        }
        finally
        {
            if (File.Exists(draft))
            {
                File.Delete(draft);
            }
        }
    }

    /// <summary>By the hash of their input, those files that are as they were made.</summary>
    private static Dictionary<string, string> Known(string folder)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Directory.Exists(folder))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.parquet").Order(StringComparer.Ordinal))
            {
                if (Pair().Match(Path.GetFileName(file)) is { Success: true } m && Sha256(file) == m.Groups[2].Value)
                {
                    known[m.Groups[1].Value] = file;
                }
            }
        }

        return known;
    }

    /// <summary>The hash of a part's or a kept file's bytes, out of its name.</summary>
    private static string Hash(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var hash = name[(name.LastIndexOf('-') + 1)..];
        return hash.Length > HashDigits ? hash[..HashDigits] : hash;
    }

    private static string Sha256(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file))[..HashDigits];
    }

    private void CheckWritable()
    {
        if (!_writable)
        {
            throw new InvalidOperationException("The workspace was opened for reading.");
        }
    }

    [GeneratedRegex("^([0-9a-f]{32})-([0-9a-f]{32})[.]parquet$", RegexOptions.CultureInvariant)]
    private static partial Regex Pair();
}
