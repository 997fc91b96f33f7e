using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerSessions.Tests.Caching;

/// <summary>The ways in which an application can give a response its body, or none.</summary>
internal static class BodyWays
{
    public static readonly IReadOnlyList<string> All =
    [
        "WriteAsync",
        "Body.WriteAsync",
        "Body.Write",
        "Body.WriteByte",
        "Body.Flush",
        "StreamWriter",
        "BeginWrite",
        "CopyTo",
        "BodyWriter.WriteAsync",
        "Advance",
        "Advance and flush",
        "Advance and complete",
        "SendFileAsync",
        "JSON",
        "StartAsync",
        "CompleteAsync",
        "Content-Length",
        "no body",
        "304",
    ];

    public static async Task WriteAsync(HttpContext context, string way, string text)
    {
        var response = context.Response;
        var bytes = Encoding.ASCII.GetBytes(text);
        context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;

        // Also for a response without a body.
        response.Headers["X-Page"] = text;
        switch (way)
        {
            case "WriteAsync":
                await response.WriteAsync(text);
                break;
            case "Body.WriteAsync":
                await response.Body.WriteAsync(bytes);
                break;
#pragma warning disable CA1849, RS0030, VSTHRD103 // What blocking code does.
            case "Body.Write":
                response.Body.Write(bytes, 0, bytes.Length);
                break;
            case "Body.WriteByte":
                foreach (var one in bytes)
                {
                    response.Body.WriteByte(one);
                }

                break;
            case "Body.Flush":
                response.Body.Flush();
                response.Body.Write(bytes);
                break;
            case "StreamWriter":
                using (var writer = new StreamWriter(response.Body, leaveOpen: true))
                {
                    writer.Write(text);
                }

                break;
            case "BeginWrite":
                response.Body.EndWrite(response.Body.BeginWrite(bytes, 0, bytes.Length, null, null));
                break;
#pragma warning restore CA1849, RS0030, VSTHRD103
            case "CopyTo":
                using (var source = new MemoryStream(bytes))
                {
                    await source.CopyToAsync(response.Body);
                }

                break;
            case "BodyWriter.WriteAsync":
                await response.BodyWriter.WriteAsync(bytes);
                break;
            case "Advance":
                Advance(response, bytes);
                break;
            case "Advance and flush":
                Advance(response, bytes);
                await response.BodyWriter.FlushAsync();
                break;
            case "Advance and complete":
                Advance(response, bytes);
                await response.BodyWriter.CompleteAsync();
                break;
            case "SendFileAsync":
                var path = Path.GetTempFileName();
                try
                {
                    await File.WriteAllBytesAsync(path, bytes);
                    await response.SendFileAsync(path);
                }
                finally
                {
                    File.Delete(path);
                }

                break;
            case "JSON":
                await response.WriteAsJsonAsync(text);
                break;
            case "StartAsync":
                await response.StartAsync();
                await response.WriteAsync(text);
                break;
            case "CompleteAsync":
                await response.WriteAsync(text);
                await response.CompleteAsync();
                break;
            case "Content-Length":
                response.ContentLength = bytes.Length;
                await response.WriteAsync(text);
                break;
            case "304":
                response.StatusCode = StatusCodes.Status304NotModified;
                break;
            case "no body":
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(way), way, "No such way.");
        }
    }

    private static void Advance(HttpResponse response, byte[] bytes)
    {
        bytes.CopyTo(response.BodyWriter.GetSpan(bytes.Length));
        response.BodyWriter.Advance(bytes.Length);
    }
}
