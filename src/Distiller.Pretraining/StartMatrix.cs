namespace Distiller.Pretraining;

/// <summary>A small dense matrix [rows, columns] with just what a structured start is put together from.</summary>
internal sealed class StartMatrix(int rows, int columns)
{
    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public float[] Values { get; } = new float[checked(rows * columns)];

    public float this[int row, int column]
    {
        get => Values[(row * Columns) + column];
        set => Values[(row * Columns) + column] = value;
    }

    public static StartMatrix Identity(int size)
    {
        var matrix = new StartMatrix(size, size);
        for (var i = 0; i < size; i++)
        {
            matrix[i, i] = 1;
        }

        return matrix;
    }

    /// <summary>Random orthonormal rows, by Gram and Schmidt.</summary>
    public static StartMatrix Orthonormal(int rows, int columns, ulong seed, string name)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, columns);
        var matrix = new StartMatrix(rows, columns);
        var random = new SplitMix64(seed, name);
        for (var i = 0; i < matrix.Values.Length; i++)
        {
            matrix.Values[i] = (float)random.NextNormal();
        }

        for (var row = 0; row < rows; row++)
        {
            for (var other = 0; other < row; other++)
            {
                var overlap = matrix.Dot(row, other);
                for (var c = 0; c < columns; c++)
                {
                    matrix[row, c] -= (float)overlap * matrix[other, c];
                }
            }

            var length = Math.Sqrt(matrix.Dot(row, row));
            for (var c = 0; c < columns; c++)
            {
                matrix[row, c] = (float)(matrix[row, c] / length);
            }
        }

        return matrix;
    }

    public StartMatrix Times(StartMatrix right)
    {
        var product = new StartMatrix(Rows, right.Columns);
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < right.Columns; column++)
            {
                double sum = 0;
                for (var i = 0; i < Columns; i++)
                {
                    sum += this[row, i] * right[i, column];
                }

                product[row, column] = (float)sum;
            }
        }

        return product;
    }

    public StartMatrix Transposed()
    {
        var turned = new StartMatrix(Columns, Rows);
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                turned[column, row] = this[row, column];
            }
        }

        return turned;
    }

    /// <summary>Writes a part, times a factor, with its first element at [row, column].</summary>
    public void Place(int row, int column, StartMatrix part, double factor = 1)
    {
        for (var r = 0; r < part.Rows; r++)
        {
            for (var c = 0; c < part.Columns; c++)
            {
                this[row + r, column + c] = (float)(factor * part[r, c]);
            }
        }
    }

    public void ClearRows(int from, int count) => Values.AsSpan(from * Columns, count * Columns).Clear();

    private double Dot(int row, int other)
    {
        double sum = 0;
        for (var c = 0; c < Columns; c++)
        {
            sum += this[row, c] * (double)this[other, c];
        }

        return sum;
    }
}
