namespace Distiller.Pretraining.Tokenizing;

/// <summary>Two neighbouring tokens, by id. Ordered by the left one, then the right one.</summary>
public readonly record struct TokenPair(int Left, int Right) : IComparable<TokenPair>
{
    public int CompareTo(TokenPair other) =>
        Left != other.Left ? Left.CompareTo(other.Left) : Right.CompareTo(other.Right);

    public static bool operator <(TokenPair left, TokenPair right) => left.CompareTo(right) < 0;

    public static bool operator <=(TokenPair left, TokenPair right) => left.CompareTo(right) <= 0;

    public static bool operator >(TokenPair left, TokenPair right) => left.CompareTo(right) > 0;

    public static bool operator >=(TokenPair left, TokenPair right) => left.CompareTo(right) >= 0;
}
