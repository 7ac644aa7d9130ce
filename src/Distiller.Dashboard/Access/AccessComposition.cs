using Distiller.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Distiller.Dashboard.Access;

/// <summary>Puts who-may-do-what before everything else of the server.</summary>
internal static class AccessComposition
{
    private const int FormFieldsMax = 200;

    public static void AddAccess(this WebApplicationBuilder builder, DashboardOptions options, ListeningPlace place)
    {
        var services = builder.Services;
        services.AddSingleton(place);
        services.AddSingleton<LogInLimit>();
        services.AddSingleton<LogInPage>();
        services.AddDataProtection().SetApplicationName("distiller").PersistKeysToFileSystem(KeyFolder(options.Home));
        services.AddAntiforgery(forms =>
        {
            forms.Cookie.Name = "distiller-form";
            forms.Cookie.HttpOnly = true;
            forms.Cookie.SameSite = SameSiteMode.Strict;
            forms.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            forms.SuppressXFrameOptionsHeader = true;
        });
        services
            .AddAuthentication(Session.Scheme)
            .AddCookie(
                Session.Scheme,
                session =>
                {
                    session.Cookie.Name = Session.CookieName;
                    session.Cookie.HttpOnly = true;
                    session.Cookie.SameSite = SameSiteMode.Strict;
                    session.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                    session.Cookie.Path = "/";
                    session.CookieManager = new PrefixedCookies();
                    session.ExpireTimeSpan = options.SessionLength;
                    session.SlidingExpiration = true;
                    session.Events.OnValidatePrincipal = Session.ValidateAsync;
                }
            );
        // The gate validates every command, so endpoints that say they need anti-forgery find it done.
        services.Configure<RouteOptions>(routes => routes.SuppressCheckForUnhandledSecurityMetadata = true);
        services.Configure<FormOptions>(form => form.ValueCountLimit = FormFieldsMax);
        services.Configure<ForwardedHeadersOptions>(forwarded =>
            // From loopback only, which is the default of the known proxies, and only the nearest one's word.
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto
        );
    }

    public static void UseAccess(this WebApplication app)
    {
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler(
            new ExceptionHandlerOptions { ExceptionHandler = TellErrorAsync, AllowStatusCode404Response = true }
        );
        app.UseMiddleware<StrangerGuard>();
        app.UseForwardedHeaders();
        app.UseRouting();
        app.UseAuthentication();
        app.UseMiddleware<AccessGate>();
    }

    public static void MapAccess(this IEndpointRouteBuilder routes)
    {
        var page = routes.ServiceProvider.GetRequiredService<LogInPage>();
        routes.MapGet(LogInPage.Path, page.ShowAsync).AllowAnonymous();
        routes.MapPost(LogInPage.Path, page.LogInAsync).AllowAnonymous();
        routes.MapPost(LogInPage.LogOutPath, LogInPage.LogOutAsync);
        routes
            .MapGet(
                LogInPage.StylePath,
                context =>
                {
                    context.Response.ContentType = "text/css; charset=utf-8";
                    return context.Response.WriteAsync(LogInPage.Style, context.RequestAborted);
                }
            )
            .AllowAnonymous();
    }

    private static Task TellErrorAsync(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        return error is BadHttpRequestException bad
            ? Refusal.WriteAsync(context, bad.StatusCode, "The request cannot be understood.")
            : Refusal.WriteAsync(
                context,
                StatusCodes.Status500InternalServerError,
                "Something went wrong; the server's log says what."
            );
    }

    /// <summary>Only the server's own user may read the keys: whoever has them can make sessions.</summary>
    private static DirectoryInfo KeyFolder(string home)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var path = Path.Combine(home, ".serve", "keys");
        try
        {
            if (OperatingSystem.IsWindows())
            {
                return Directory.CreateDirectory(path);
            }

            var folder = Directory.CreateDirectory(path, OwnerOnly);
            File.SetUnixFileMode(path, OwnerOnly);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                "The server cannot keep its keys here.",
                "Choose a --home that the server's user owns.",
                e
            );
        }
    }
}
