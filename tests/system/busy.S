# Says "ready" on the serial line, then changes 12 MiB of its memory over and over, as fast as it can, and now and then prints how many
# rounds it has made: a guest that no migration keeps up with at 1 MiB/s, and whose count shows that it goes on. It is deaf.
.set FIRST_PAGE, 0x100000        # 1 MiB
.set LAST_PAGE, 0xd00000         # 13 MiB
.set ROUNDS_A_LINE, 0x80
.include "serial.S"
.include "memory.S"

main:
    set_up
    movw $greeting, %si
    call print_text
    # To 32-bit mode, where all memory is in reach.
    cli
    inb $0x92, %al
    orb $2, %al                  # the address line A20
    outb %al, $0x92
    lgdt segments_at
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmp $8, $flat
.code32
flat:
    movw $16, %ax
    movw %ax, %ds
    xorl %edi, %edi              # the count
next_round:
    movl $FIRST_PAGE, %ebx
next_page:
    incl (%ebx)
    addl $0x1000, %ebx
    cmpl $LAST_PAGE, %ebx
    jb next_page
    have_writes_noticed
    incl %edi
    testl $(ROUNDS_A_LINE - 1), %edi
    jnz next_round
    movl %edi, %esi
    movl $8, %ecx
next_digit:
    roll $4, %esi
    movl %esi, %ebx
    andl $15, %ebx
    movb digits(%ebx), %ah
    call print
    loop next_digit
    movb $'\n', %ah
    call print
    jmp next_round

# Prints ah.
print:
    movw $COM1 + 5, %dx
1:  inb %dx, %al
    testb $0x20, %al
    jz 1b
    movb %ah, %al
    movw $COM1, %dx
    outb %al, %dx
    ret

digits: .ascii "0123456789abcdef"
greeting: .asciz "\nready\n"
.balign 8
segments:
    .quad 0
    .quad 0x00cf9a000000ffff     # code, all 4 GiB
    .quad 0x00cf92000000ffff     # data, likewise
segments_at:
    .word 3 * 8 - 1
    .long segments

.org 510
.word 0xaa55
