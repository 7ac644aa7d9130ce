using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Distiller.Core;

namespace Distiller.Edge.Serving;

/// <summary>
/// Caches of sessions that had to leave the memory, on the disk, each bound to base, adapter and runtime; the one that was
/// used longest ago goes where they become too many. What cannot be written or read costs time and nothing else: it is
/// computed again. For one thread at a time.
/// </summary>
internal sealed class FrozenSessions
{
    /// <summary>Shorter ones are computed again sooner than read.</summary>
    public const int TokensMin = 64;

    private const string Suffix = ".state";

    private readonly string _folder;
    private readonly long _bytesMax;
    private readonly Dictionary<StateBinding, List<FrozenSession>> _known = [];

    /// <param name="bytesMax">Of all files together; 0: nothing is frozen.</param>
    public FrozenSessions(string folder, long bytesMax)
    {
        _folder = folder;
        _bytesMax = bytesMax;
        if (bytesMax > 0)
        {
            Directory.CreateDirectory(folder);
        }
    }

    public bool IsOn => _bytesMax > 0;

    /// <summary>The frozen session that shares the most tokens with a prompt.</summary>
    /// <returns>Null: none shares any.</returns>
    public FrozenSession? Best(StateBinding binding, ReadOnlySpan<int> prompt)
    {
        FrozenSession? best = null;
        var shared = 0;
        foreach (var session in Known(binding))
        {
            var length = session.Tokens.AsSpan().CommonPrefixLength(prompt);
            if (length > shared)
            {
                (best, shared) = (session, length);
            }
        }

        return best;
    }

    /// <returns>Whether it was written.</returns>
    public bool Freeze(StateBinding binding, int[] tokens, byte[] state)
    {
        if (!IsOn || tokens.Length < TokensMin || state.Length > _bytesMax)
        {
            return false;
        }

        var known = Known(binding);
        if (known.Exists(k => k.Tokens.AsSpan().StartsWith(tokens)))
        {
            return false;
        }

        var path = Path.Combine(_folder, NameOf(binding, tokens));
        try
        {
            SessionState.Save(path, binding, tokens, null, state);
        }
        catch (Exception e) when (e is BadInputException or IOException or UnauthorizedAccessException)
        {
            return false;
        }

        // A session that went on holds all that it held before.
        foreach (var shorter in known.Where(k => tokens.AsSpan().StartsWith(k.Tokens)).ToList())
        {
            Forget(binding, shorter);
        }

        known.Add(new FrozenSession(path, tokens));
        Shrink(path);
        return true;
    }

    /// <returns>Null: it is damaged or gone, and is not asked for again.</returns>
    public byte[]? Read(StateBinding binding, FrozenSession session)
    {
        try
        {
            var (tokens, _, data) = SessionState.Load(session.Path, binding);
            File.SetLastAccessTimeUtc(session.Path, DateTime.UtcNow);
            if (tokens.AsSpan().SequenceEqual(session.Tokens))
            {
                return data;
            }
        }
        catch (Exception e) when (e is BadInputException or IOException or UnauthorizedAccessException)
        {
            // Damaged, or cleared away by somebody: computed again.
        }

        Forget(binding, session);
        return null;
    }

    private List<FrozenSession> Known(StateBinding binding)
    {
        if (!_known.TryGetValue(binding, out var known))
        {
            _known[binding] = known = IsOn
                ?
                [
                    .. Directory
                        .EnumerateFiles(_folder, "*" + Suffix)
                        .Select(path => (Path: path, Tokens: SessionState.TokensOf(path, binding)))
                        .Where(f => f.Tokens is not null)
                        .Select(f => new FrozenSession(f.Path, f.Tokens!)),
                ]
                : [];
        }

        return known;
    }

    private void Forget(StateBinding binding, FrozenSession session)
    {
        Known(binding).Remove(session);
        Delete(session.Path);
    }

    private void Shrink(string kept)
    {
        var files = new DirectoryInfo(_folder).EnumerateFiles("*" + Suffix).OrderBy(f => f.LastAccessTimeUtc).ToList();
        var bytes = files.Sum(f => f.Length);
        foreach (var file in files.Where(f => f.FullName != Path.GetFullPath(kept)))
        {
            if (bytes <= _bytesMax)
            {
                break;
            }

            bytes -= file.Length;
            Delete(file.FullName);
            foreach (var known in _known.Values)
            {
                known.RemoveAll(k => Path.GetFullPath(k.Path) == file.FullName);
            }
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is tried again when the next one is frozen.
        }
    }

    private static string NameOf(StateBinding binding, int[] tokens)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{binding.ModelSha256} {binding.AdapterSha256}\n"));
        hash.AppendData(MemoryMarshal.AsBytes(tokens.AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32] + Suffix;
    }
}

/// <summary>A session's cache in a file.</summary>
internal sealed record FrozenSession(string Path, int[] Tokens);
