using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>
/// A GGUF file's key-value pairs, in file order. A missing key, or one of another type, is reported as a fault of
/// the file; whole numbers are given in whatever width is asked for as long as they fit.
/// </summary>
public sealed class GgufMetadata
{
    private readonly string _path;
    private readonly OrderedDictionary<string, object> _values;

    internal GgufMetadata(string path, OrderedDictionary<string, object> values)
    {
        _path = path;
        _values = values;
    }

    public IReadOnlyList<string> Keys => [.. _values.Keys];

    public bool Contains(string key) => _values.ContainsKey(key);

    public string GetString(string key) => Required<string>(key, "text");

    public string GetString(string key, string otherwise) => Contains(key) ? GetString(key) : otherwise;

    public bool TryGetString(string key, [NotNullWhen(true)] out string? value)
    {
        value = Contains(key) ? GetString(key) : null;
        return value is not null;
    }

    public bool GetBool(string key) => Required<bool>(key, "true or false");

    public bool GetBool(string key, bool otherwise) => Contains(key) ? GetBool(key) : otherwise;

    public uint GetUInt32(string key) => Whole<uint>(key, uint.MinValue, uint.MaxValue);

    public uint GetUInt32(string key, uint otherwise) => Contains(key) ? GetUInt32(key) : otherwise;

    public int GetInt32(string key) => Whole<int>(key, int.MinValue, int.MaxValue);

    public int GetInt32(string key, int otherwise) => Contains(key) ? GetInt32(key) : otherwise;

    public ulong GetUInt64(string key) => Whole<ulong>(key, ulong.MinValue, ulong.MaxValue);

    public ulong GetUInt64(string key, ulong otherwise) => Contains(key) ? GetUInt64(key) : otherwise;

    /// <summary>A float; a stored 64-bit float is converted.</summary>
    public float GetFloat32(string key) =>
        Find(key) switch
        {
            float f => f,
            double d => (float)d,
            null => throw Missing(key),
            var other => throw WrongType(key, other, "a number"),
        };

    public float GetFloat32(string key, float otherwise) => Contains(key) ? GetFloat32(key) : otherwise;

    public IReadOnlyList<string> GetStrings(string key) => Required<string[]>(key, "a list of texts");

    public IReadOnlyList<float> GetFloats(string key) => Required<float[]>(key, "a list of 32-bit floats");

    public IReadOnlyList<bool> GetBools(string key) => Required<bool[]>(key, "a list of true or false");

    /// <summary>A list of whole numbers of any stored width.</summary>
    public IReadOnlyList<long> GetIntegers(string key)
    {
        var value = Find(key) ?? throw Missing(key);
        if (value is not Array list || value is string[] or float[] or double[] or bool[])
        {
            throw WrongType(key, value, "a list of whole numbers");
        }

        var result = new long[list.Length];
        var i = 0;
        foreach (var item in list)
        {
            if (item is ulong and > long.MaxValue)
            {
                throw WrongType(key, value, "a list of whole numbers below 2^63");
            }

            result[i++] = Convert.ToInt64(item, CultureInfo.InvariantCulture);
        }

        return result;
    }

    /// <summary>The value as it was read: a number, a bool, a string, or an array of these. Null when absent.</summary>
    public object? Find(string key) => _values.GetValueOrDefault(key);

    /// <summary>How many items a list has; null when the key is absent or no list.</summary>
    public int? CountOf(string key) => Find(key) is ICollection list ? list.Count : null;

    private T Required<T>(string key, string wanted) =>
        Find(key) switch
        {
            T value => value,
            null => throw Missing(key),
            var other => throw WrongType(key, other, wanted),
        };

    private T Whole<T>(string key, Int128 least, Int128 most)
        where T : struct, System.Numerics.INumberBase<T>
    {
        var value = Find(key) ?? throw Missing(key);
        Int128 n = value switch
        {
            byte v => v,
            sbyte v => v,
            ushort v => v,
            short v => v,
            uint v => v,
            int v => v,
            ulong v => v,
            long v => v,
            _ => throw WrongType(key, value, "a whole number"),
        };
        return n >= least && n <= most
            ? T.CreateChecked(n)
            : throw new BadInputException(
                new SourceLocation(_path, 0),
                $"The value of '{key}' is {n}, outside {least} to {most}.",
                "Use a GGUF file written by a current converter."
            );
    }

    private BadInputException Missing(string key) =>
        new(
            new SourceLocation(_path, 0),
            $"The GGUF file has no '{key}'.",
            "Use a complete model or adapter file written by a current converter."
        );

    private BadInputException WrongType(string key, object value, string wanted) =>
        new(
            new SourceLocation(_path, 0),
            $"'{key}' is of type {value.GetType().Name}; {wanted} is needed.",
            "Use a GGUF file written by a current converter."
        );
}
