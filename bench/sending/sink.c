/* An SMTP server that takes everything and keeps nothing: the other end of the benches.
 *
 *   sink [-p PORT] [-d MILLISECONDS] [-r FILE] [-n] [-c CERTIFICATE -k KEY]
 *
 * -d delays the reply to the final dot (and only it); -r appends "EPOCH_MS ADDRESS" to FILE for
 * each message as its final dot comes, so before the delay: who is killed meanwhile has been heard.
 * -n does not offer PIPELINING; -c and -k speak TLS from the
 * first byte (compiled with -DTLS -lssl -lcrypto). Port 0 is any; the first line of the output is
 * "PORT n". One thread, epoll. "XSTATS" answers "250 {json}"; "XRESET" puts the counts to zero.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef TLS
#include <openssl/ssl.h>
#endif

#define ROOM 262144
#define REPLY 16384
#define TAKEN "250 2.0.0 Taken\r\n"
#define LISTENER ((void *)1)

typedef struct conn {
  int fd, in_data, quitting;
  char *in;
  size_t held;
  char out[REPLY];
  size_t said;
  char to[400];
  int64_t due; /* when the delayed reply may leave; 0: nothing waits */
  struct conn *next;
#ifdef TLS
  SSL *tls;
#endif
} conn;

static int poll_fd, record_fd = -1, pipelining = 1, delay_ms = 0;
static int64_t messages, bytes, connections, first_us, last_us, cpu_zero;
static conn *waiting, **waiting_end = &waiting; /* in the order of `due`: the delay is constant */
#ifdef TLS
static SSL_CTX *context;
#endif

static int64_t clock_us(clockid_t which) {
  struct timespec t;
  clock_gettime(which, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t cpu_us(void) { return clock_us(CLOCK_PROCESS_CPUTIME_ID); }

static void say(conn *c, const char *words) {
  size_t n = strlen(words);
  if (c->said + n <= REPLY) {
    memcpy(c->out + c->said, words, n);
    c->said += n;
  }
}

static void watch(conn *c, uint32_t events) {
  struct epoll_event e = {.events = events, .data.ptr = c};
  epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &e);
}

static void end(conn *c) {
  for (conn **p = &waiting; *p; p = &(*p)->next)
    if (*p == c) {
      *p = c->next;
      break;
    }
  waiting_end = &waiting;
  while (*waiting_end) waiting_end = &(*waiting_end)->next;
#ifdef TLS
  if (c->tls) SSL_free(c->tls);
#endif
  close(c->fd);
  free(c->in);
  free(c);
}

static int flush(conn *c) {
  size_t at = 0;
  while (at < c->said) {
    ssize_t n;
#ifdef TLS
    if (c->tls)
      n = SSL_write(c->tls, c->out + at, (int)(c->said - at));
    else
#endif
      n = send(c->fd, c->out + at, c->said - at, MSG_NOSIGNAL);
    if (n <= 0) return -1; /* replies are short: a peer that does not read them is cut */
    at += (size_t)n;
  }
  c->said = 0;
  return 0;
}

static void taken(conn *c) {
  last_us = clock_us(CLOCK_REALTIME);
  if (!first_us) first_us = last_us;
  messages++;
  if (record_fd >= 0) {
    char line[440];
    int n = snprintf(line, sizeof line, "%lld %s\n", (long long)(last_us / 1000), c->to);
    if (write(record_fd, line, (size_t)n) != n) _exit(3);
  }
}

static void command(conn *c, char *line, size_t n) {
  if (n >= 4 && !strncasecmp(line, "MAIL", 4)) {
    say(c, "250 2.1.0 Sender\r\n");
  } else if (n >= 4 && !strncasecmp(line, "RCPT", 4)) {
    char *from = memchr(line, '<', n), *to = memchr(line, '>', n);
    size_t size = from && to > from ? (size_t)(to - from - 1) : 0;
    if (size >= sizeof c->to) size = sizeof c->to - 1;
    if (size) memcpy(c->to, from + 1, size);
    c->to[size] = 0;
    say(c, "250 2.1.5 Recipient\r\n");
  } else if (n >= 4 && !strncasecmp(line, "DATA", 4)) {
    c->in_data = 1;
    say(c, "354 Go\r\n");
  } else if (n >= 4 && !strncasecmp(line, "EHLO", 4)) {
    say(c, "250-sink\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n");
    say(c, pipelining ? "250 PIPELINING\r\n" : "250 SIZE 20000000\r\n");
  } else if (n >= 4 && !strncasecmp(line, "QUIT", 4)) {
    say(c, "221 2.0.0 Bye\r\n");
    c->quitting = 1;
  } else if (n >= 6 && !strncasecmp(line, "XSTATS", 6)) {
    char json[400];
    snprintf(json, sizeof json,
             "250 {\"messages\": %lld, \"bytes\": %lld, \"connections\": %lld, \"cpu_us\": %lld, "
             "\"first_us\": %lld, \"last_us\": %lld}\r\n",
             (long long)messages, (long long)bytes, (long long)connections,
             (long long)(cpu_us() - cpu_zero), (long long)first_us, (long long)last_us);
    say(c, json);
  } else if (n >= 6 && !strncasecmp(line, "XRESET", 6)) {
    messages = bytes = connections = first_us = last_us = 0;
    cpu_zero = cpu_us();
    say(c, "250 Zero\r\n");
  } else {
    say(c, "250 2.0.0 Fine\r\n"); /* HELO, RSET, NOOP, VRFY */
  }
}

/* What stands whole in the buffer, until a reply has to wait. Returns -1 when the peer is cut. */
static int digest(conn *c) {
  size_t at = 0;
  while (at < c->held && !c->due && !c->quitting) {
    char *from = c->in + at;
    size_t left = c->held - at;
    if (c->in_data) {
      int alone = left >= 3 && c->in_data == 1 && !memcmp(from, ".\r\n", 3);
      char *dot = alone ? from : memmem(from, left, "\r\n.\r\n", 5);
      if (!dot) {
        size_t keep = left < 4 ? left : 4;
        if (left > keep) c->in_data = 2;
        at += left - keep;
        break;
      }
      at = (size_t)(dot - c->in) + (alone ? 3 : 5);
      c->in_data = 0;
      taken(c);
      if (!delay_ms) {
        say(c, TAKEN);
        continue;
      }
      c->due = clock_us(CLOCK_MONOTONIC) + (int64_t)delay_ms * 1000;
      c->next = NULL;
      *waiting_end = c;
      waiting_end = &c->next;
      break;
    }
    char *line_end = memchr(from, '\n', left);
    if (!line_end) {
      if (left > 4096) return -1;
      break;
    }
    command(c, from, (size_t)(line_end - from));
    at += (size_t)(line_end - from) + 1;
  }
  memmove(c->in, c->in + at, c->held - at);
  c->held -= at;
  return flush(c) || c->quitting ? -1 : 0;
}

static void hear(conn *c) {
  for (;;) {
    ssize_t n;
#ifdef TLS
    if (c->tls) {
      n = SSL_read(c->tls, c->in + c->held, (int)(ROOM - c->held));
      if (n <= 0) {
        int why = SSL_get_error(c->tls, (int)n);
        if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return;
        end(c);
        return;
      }
    } else
#endif
    {
      n = recv(c->fd, c->in + c->held, ROOM - c->held, 0);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (n <= 0) {
        end(c);
        return;
      }
    }
    bytes += n;
    c->held += (size_t)n;
    if (digest(c)) {
      end(c);
      return;
    }
    if (c->due) {
      watch(c, 0);
      return;
    }
#ifdef TLS
    if (c->tls) continue; /* OpenSSL may hold what epoll can not see */
#endif
    return;
  }
}

static void greet(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), on = 1;
  if (fd < 0) return;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  conn *c = calloc(1, sizeof *c);
  c->fd = fd;
  c->in = malloc(ROOM);
  connections++;
#ifdef TLS
  if (context) {
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    c->tls = SSL_new(context);
    SSL_set_fd(c->tls, fd);
    if (SSL_accept(c->tls) != 1) {
      SSL_free(c->tls);
      close(fd);
      free(c->in);
      free(c);
      return;
    }
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  }
#endif
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &e);
  say(c, "220 sink ESMTP\r\n");
  if (flush(c)) end(c);
}

static void answer_late(void) {
  int64_t now = clock_us(CLOCK_MONOTONIC);
  while (waiting && waiting->due <= now) {
    conn *c = waiting;
    waiting = c->next;
    if (!waiting) waiting_end = &waiting;
    c->due = 0;
    say(c, TAKEN);
    if (digest(c)) {
      end(c);
      continue;
    }
    if (c->due) continue;
    watch(c, EPOLLIN);
#ifdef TLS
    if (c->tls) hear(c);
#endif
  }
}

int main(int argc, char **argv) {
  int option, port = 0, on = 1;
  const char *certificate = NULL, *key = NULL;
  while ((option = getopt(argc, argv, "p:d:r:nc:k:")) > 0) switch (option) {
      case 'p': port = atoi(optarg); break;
      case 'd': delay_ms = atoi(optarg); break;
      case 'r': record_fd = open(optarg, O_WRONLY | O_CREAT | O_APPEND, 0644); break;
      case 'n': pipelining = 0; break;
      case 'c': certificate = optarg; break;
      case 'k': key = optarg; break;
      default: return 2;
    }
  signal(SIGPIPE, SIG_IGN);
  if (certificate) {
#ifdef TLS
    context = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
      return 2;
#else
    (void)key;
    fprintf(stderr, "compiled without TLS\n");
    return 2;
#endif
  }
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  socklen_t size = sizeof where;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&where, size) || listen(listener, 512)) return 2;
  getsockname(listener, (struct sockaddr *)&where, &size);
  printf("PORT %d\n", ntohs(where.sin_port));
  fflush(stdout);
  poll_fd = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = LISTENER}, ready[64];
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &e);
  for (;;) {
    int timeout = -1;
    if (waiting) {
      int64_t left = waiting->due - clock_us(CLOCK_MONOTONIC);
      timeout = left <= 0 ? 0 : (int)((left + 999) / 1000);
    }
    int n = epoll_wait(poll_fd, ready, 64, timeout);
    for (int i = 0; i < n; i++) {
      if (ready[i].data.ptr == LISTENER)
        greet(listener);
      else
        hear(ready[i].data.ptr);
    }
    answer_late();
  }
}
