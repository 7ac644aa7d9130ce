using System.Numerics.Tensors;
using Distiller.Edge;
using LLama.Native;

namespace Distiller.Benchmarks.Edge;

/// <summary>
/// What anybody would write with LLamaSharp alone: a context, the prompt in one batch, then a token at a time, the most
/// likely one; one conversation after the other.
/// </summary>
internal sealed class PlainLoop : IDisposable
{
    private readonly SafeLlamaModelHandle _model;
    private readonly SafeLLamaContextHandle _context;
    private readonly LLamaBatch _batch = new();
    private readonly Func<int, bool> _isEnd;

    /// <param name="isEnd">Whether a token ends an answer.</param>
    public PlainLoop(string basePath, string? adapterPath, int contextTokens, Func<int, bool> isEnd)
    {
        EdgeRuntime.Describe();
        _isEnd = isEnd;
        _model = SafeLlamaModelHandle.LoadFromFile(basePath, LLamaModelParams.Default());
        var parameters = LLamaContextParams.Default();
        parameters.n_ctx = (uint)contextTokens;
        parameters.n_batch = parameters.n_ubatch = 512;
        parameters.n_threads = parameters.n_threads_batch = 1;
        _context = SafeLLamaContextHandle.Create(_model, parameters);
        if (adapterPath is not null)
        {
            _context.SetLoraAdapters([(_model.LoadLoraFromFile(adapterPath), 1f)]);
        }
    }

    /// <param name="first">Called when the first token is known.</param>
    public List<int> Answer(int[] prompt, int maxTokens, Action first)
    {
        _context.MemoryClear();
        _batch.Clear();
        for (var i = 0; i < prompt.Length; i++)
        {
            _batch.Add(prompt[i], i, LLamaSeqId.Zero, i == prompt.Length - 1);
        }

        var written = new List<int>();
        while (written.Count < maxTokens)
        {
            if (_context.Decode(_batch) != DecodeResult.Ok)
            {
                throw new InvalidOperationException("llama.cpp could not evaluate a batch.");
            }

            var token = TensorPrimitives.IndexOfMax(_context.GetLogitsIth(_batch.TokenCount - 1));
            if (written.Count == 0)
            {
                first();
            }

            if (_isEnd(token))
            {
                break;
            }

            written.Add(token);
            _batch.Clear();
            _batch.Add(token, prompt.Length + written.Count - 1, LLamaSeqId.Zero, true);
        }

        return written;
    }

    public void Dispose()
    {
        _context.Dispose();
        _model.Dispose();
    }
}
